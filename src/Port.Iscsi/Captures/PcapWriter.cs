using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Lunette.Port.Iscsi.Captures;

/// <summary>
/// Writes a byte stream as packets of a pcap file (nanoseconds, raw IP): headers of IP and TCP are made up around it,
/// with sequence numbers, acknowledgements and checksums that agree, so that a network analyser puts the stream
/// together again.
/// </summary>
internal sealed class PcapWriter
{
    /// <summary>Payload bytes of a packet at most.</summary>
    public const int PayloadMax = 32 << 10;

    private const uint MagicOfNanoseconds = 0xA1B2_3C4D;
    private const uint RawIp = 101;
    private const uint SnapLength = 256 << 10;
    private const int TcpHeaderLength = 20;
    private const byte Fin = 0x01;
    private const byte Syn = 0x02;
    private const byte Push = 0x08;
    private const byte Acknowledge = 0x10;

    // SYN carries a window scale of 14 behind a NOP: what is on its way at once is never more than the window.
    private static readonly byte[] s_windowScale = [1, 3, 3, 14];

    private readonly Stream _to;
    private readonly IPEndPoint[] _ends;
    private readonly uint[] _next = [0x1000_0000, 0x2000_0000];
    private readonly byte[] _packet = new byte[16 + 40 + TcpHeaderLength + PayloadMax + 4];
    private ushort _identification;

    /// <summary>Begins a file; the connection is made in it.</summary>
    public PcapWriter(Stream to, IPEndPoint initiator, IPEndPoint target, DateTimeOffset at)
    {
        _to = to;
        _ends = [Plain(initiator), Plain(target)];
        // A connection has one family; what has no address at all is shown as loopback.
        if (_ends[0].AddressFamily != _ends[1].AddressFamily) _ends[0] = new(_ends[1].Address, _ends[0].Port);
        Span<byte> head = stackalloc byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(head, MagicOfNanoseconds);
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(head[6..], 4);
        head[8..16].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(head[16..], SnapLength);
        BinaryPrimitives.WriteUInt32LittleEndian(head[20..], RawIp);
        to.Write(head);
        Packet(at, 0, Syn, [], s_windowScale);
        Packet(at, 1, Syn | Acknowledge, [], s_windowScale);
        Packet(at, 0, Acknowledge, [], []);
    }

    /// <summary>Bytes that went one way.</summary>
    public void Data(DateTimeOffset at, bool fromTarget, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var take = Math.Min(bytes.Length, PayloadMax);
            Packet(at, fromTarget ? 1 : 0, Push | Acknowledge, bytes[..take], []);
            bytes = bytes[take..];
        }
    }

    /// <summary>Bytes that went one way and are not here: a gap in the numbers.</summary>
    public void Lost(bool fromTarget, long bytes) => _next[fromTarget ? 1 : 0] += (uint)bytes;

    /// <summary>The connection has ended.</summary>
    public void End(DateTimeOffset at)
    {
        Packet(at, 0, Fin | Acknowledge, [], []);
        Packet(at, 1, Fin | Acknowledge, [], []);
        Packet(at, 0, Acknowledge, [], []);
    }

    private static IPEndPoint Plain(IPEndPoint end) => end.Address.IsIPv4MappedToIPv6
        ? new(end.Address.MapToIPv4(), end.Port)
        : end;

    private void Packet(DateTimeOffset at, int from, byte flags, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> options)
    {
        var isV6 = _ends[0].AddressFamily == AddressFamily.InterNetworkV6;
        var ipLength = isV6 ? 40 : 20;
        var tcpLength = TcpHeaderLength + options.Length + payload.Length;
        var packet = _packet.AsSpan(0, 16 + ipLength + tcpLength);
        var ticks = (at - DateTimeOffset.UnixEpoch).Ticks;
        BinaryPrimitives.WriteUInt32LittleEndian(packet, (uint)(ticks / TimeSpan.TicksPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(packet[4..], (uint)(ticks % TimeSpan.TicksPerSecond * 100));
        BinaryPrimitives.WriteInt32LittleEndian(packet[8..], ipLength + tcpLength);
        BinaryPrimitives.WriteInt32LittleEndian(packet[12..], ipLength + tcpLength);
        var tcp = packet[(16 + ipLength)..];
        WriteTcp(tcp, from, flags, payload, options);
        var pseudo = isV6
            ? WriteIpV6(packet.Slice(16, ipLength), from, tcpLength)
            : WriteIpV4(packet.Slice(16, ipLength), from, tcpLength);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], Fold(Sum(tcp, pseudo)));
        _to.Write(packet);
        _next[from] += (uint)(payload.Length + ((flags & (Syn | Fin)) != 0 ? 1 : 0));
    }

    private void WriteTcp(
        Span<byte> tcp, int from, byte flags, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> options)
    {
        tcp[..TcpHeaderLength].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(tcp, (ushort)_ends[from].Port);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], (ushort)_ends[1 - from].Port);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], _next[from]);
        if ((flags & Acknowledge) != 0) BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], _next[1 - from]);
        tcp[12] = (byte)((TcpHeaderLength + options.Length) / 4 << 4);
        tcp[13] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], ushort.MaxValue);
        options.CopyTo(tcp[TcpHeaderLength..]);
        payload.CopyTo(tcp[(TcpHeaderLength + options.Length)..]);
    }

    // Both return the sum of the pseudo header that TCP's checksum covers.
    private ulong WriteIpV4(Span<byte> ip, int from, int tcpLength)
    {
        ip.Clear();
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(ip.Length + tcpLength));
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], ++_identification);
        ip[6] = 0x40;                           // do not fragment
        ip[8] = 64;
        ip[9] = (byte)ProtocolType.Tcp;
        _ends[from].Address.TryWriteBytes(ip[12..], out _);
        _ends[1 - from].Address.TryWriteBytes(ip[16..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Fold(Sum(ip, 0)));
        return Sum(ip[12..20], (ulong)ProtocolType.Tcp + (ulong)tcpLength);
    }

    private ulong WriteIpV6(Span<byte> ip, int from, int tcpLength)
    {
        ip.Clear();
        ip[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)tcpLength);
        ip[6] = (byte)ProtocolType.Tcp;
        ip[7] = 64;
        _ends[from].Address.TryWriteBytes(ip[8..], out _);
        _ends[1 - from].Address.TryWriteBytes(ip[24..], out _);
        return Sum(ip[8..40], (ulong)ProtocolType.Tcp + (ulong)tcpLength);
    }

    // RFC 1071: the sum of 16-bit words, carries folded in at the end.
    private static ulong Sum(ReadOnlySpan<byte> bytes, ulong sum)
    {
        for (; bytes.Length >= 2; bytes = bytes[2..]) sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return bytes.Length == 0 ? sum : sum + ((ulong)bytes[0] << 8);
    }

    private static ushort Fold(ulong sum)
    {
        while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }
}
