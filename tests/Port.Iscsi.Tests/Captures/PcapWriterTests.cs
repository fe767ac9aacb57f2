using System.Buffers.Binary;
using System.Net;
using Lunette.Port.Iscsi.Captures;

namespace Lunette.Port.Iscsi.Tests.Captures;

/// <summary>The packets made up around a byte stream. That a network analyser reads them, EndToEnd shows.</summary>
public sealed class PcapWriterTests
{
    private static readonly DateTimeOffset s_at = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.1", 20)]
    [InlineData("2001:db8::7", "2001:db8::1", 40)]
    [InlineData("::ffff:192.0.2.7", "192.0.2.1", 20)]
    public void Data_BothWays_NumbersAndChecksumsAgree(string initiator, string target, int ipLength)
    {
        var (file, writer) = Begin(initiator, target);
        var long_ = new byte[PcapWriter.PayloadMax + 3];
        new Random(1).NextBytes(long_);
        writer.Data(s_at, fromTarget: false, [1, 2, 3]);
        writer.Data(s_at, fromTarget: true, long_);
        writer.Lost(fromTarget: true, 1000);
        writer.Data(s_at, fromTarget: true, [4]);
        writer.End(s_at);
        var packets = Packets(file.ToArray(), ipLength);
        // SYN, SYN ACK, ACK; then what was said; FIN both ways.
        Assert.Equal(
            [0, 0, 0, 3, PcapWriter.PayloadMax, 3, 1, 0, 0, 0], packets.Select(packet => packet.Payload.Length));
        Assert.Equal([0x02, 0x12, 0x10, 0x18, 0x18, 0x18, 0x18, 0x11, 0x11, 0x10], packets.Select(p => (int)p.Flags));
        Assert.All(packets, packet => Assert.Equal((0, 0), (packet.IpSum, packet.TcpSum)));
        var first = packets[4].Sequence;
        Assert.Equal(first + PcapWriter.PayloadMax, packets[5].Sequence);
        Assert.Equal(first + PcapWriter.PayloadMax + 3 + 1000, packets[6].Sequence);
        Assert.Equal(packets[3].Sequence + 3, packets[4].Acknowledged);
        Assert.Equal(packets[6].Sequence + 1, packets[7].Acknowledged);
        Assert.Equal(long_, packets[4].Payload.Concat(packets[5].Payload));
    }

    [Fact]
    public void Begin_File_HeadIsThatOfNanosecondsAndRawIp()
    {
        var (file, _) = Begin("192.0.2.7", "192.0.2.1");
        const string Head = "4D3CB2A1" + "02000400" + "0000000000000000" + "00000400" + "65000000";
        Assert.Equal(Head, Convert.ToHexString(file.ToArray()[..24]));
    }

    private static (MemoryStream File, PcapWriter Writer) Begin(string initiator, string target)
    {
        var file = new MemoryStream();
        var ends = new[] { new IPEndPoint(IPAddress.Parse(initiator), 50_000), new(IPAddress.Parse(target), 3260) };
        return (file, new PcapWriter(file, ends[0], ends[1], s_at));
    }

    private static List<Packet> Packets(ReadOnlySpan<byte> file, int ipLength)
    {
        var packets = new List<Packet>();
        for (var rest = file[24..]; rest.Length > 0;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest[8..]);
            packets.Add(Read(rest.Slice(16, length), ipLength));
            rest = rest[(16 + length)..];
        }
        return packets;
    }

    private static Packet Read(ReadOnlySpan<byte> packet, int ipLength)
    {
        var tcp = packet[ipLength..];
        var addresses = ipLength == 20 ? packet[12..20] : packet[8..40];
        var head = (tcp[12] >> 4) * 4;
        return new(
            BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]), BinaryPrimitives.ReadUInt32BigEndian(tcp[8..]), tcp[13],
            tcp[head..].ToArray(), ipLength == 20 ? Sum(packet[..20], 0) : 0,
            Sum(tcp, Words(addresses) + 6 + (uint)tcp.Length));
    }

    // A checksum that is right makes the sum all ones, so its complement is zero.
    private static int Sum(ReadOnlySpan<byte> bytes, uint start)
    {
        var sum = start + Words(bytes);
        while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }

    private static uint Words(ReadOnlySpan<byte> bytes)
    {
        var sum = 0u;
        for (var i = 0; i < bytes.Length; i++) sum += (uint)bytes[i] << (i % 2 == 0 ? 8 : 0);
        return sum;
    }

    private sealed record Packet(
        uint Sequence, uint Acknowledged, byte Flags, byte[] Payload, int IpSum, int TcpSum);
}
