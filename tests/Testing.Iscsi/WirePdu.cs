using System.Buffers.Binary;
using Lunette.Iscsi;

namespace Lunette.Testing.Iscsi;

public delegate void Fill<TPdu>(TPdu pdu) where TPdu : IPdu<TPdu>, allows ref struct;

/// <summary>A PDU as it came over the wire: header and data, digests checked and gone.</summary>
public sealed record WirePdu(byte[] Header, byte[] Data)
{
    public PduOpCode OpCode => new BasicHeaderSegment((ReadOnlySpan<byte>)Header).OpCode;

    public uint StatSn => BinaryPrimitives.ReadUInt32BigEndian(Header.AsSpan(24));

    public override string ToString() => OpCode + " " + Convert.ToHexString(Header);

    /// <summary>Whole PDU bytes: header, data, padding, digests.</summary>
    public static byte[] Build<TPdu>(
        Fill<TPdu> fill, ReadOnlySpan<byte> data = default, bool headerDigest = false, bool dataDigest = false)
        where TPdu : IPdu<TPdu>, allows ref struct
    {
        var header = new byte[BasicHeaderSegment.Length];
        var view = Pdu.Begin<TPdu>(header);
        header[5] = (byte)(data.Length >> 16);
        header[6] = (byte)(data.Length >> 8);
        header[7] = (byte)data.Length;
        fill(view);
        return Frame(header, data, headerDigest, dataDigest);
    }

    public static byte[] Frame(
        ReadOnlySpan<byte> header, ReadOnlySpan<byte> data, bool headerDigest, bool dataDigest)
    {
        var bytes = new List<byte>([.. header]);
        if (headerDigest) AddCrc(bytes, header);
        if (data.IsEmpty) return [.. bytes];
        var padded = new byte[data.Length + 3 & ~3];
        data.CopyTo(padded);
        bytes.AddRange(padded);
        if (dataDigest) AddCrc(bytes, padded);
        return [.. bytes];
    }

    /// <summary>Takes one PDU off the front; null when it is not whole.</summary>
    public static WirePdu? Parse(List<byte> stream, bool headerDigest, bool dataDigest)
    {
        if (stream.Count < BasicHeaderSegment.Length) return null;
        var bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(stream);
        var framing = new PduFraming(bytes, headerDigest, dataDigest);
        if (bytes.Length < framing.TotalLength) return null;
        var header = bytes[..framing.HeaderLength].ToArray();
        var data = bytes.Slice(framing.DataSegmentOffset, framing.DataSegmentLength).ToArray();
        if (headerDigest) Assert.Equal(Crc32c.Compute(header), Crc32c.Read(bytes[framing.HeaderLength..]));
        if (framing.DataDigestLength > 0)
        {
            var covered = bytes.Slice(framing.DataSegmentOffset, framing.PaddedDataSegmentLength);
            Assert.Equal(Crc32c.Compute(covered), Crc32c.Read(bytes[framing.DataDigestOffset..]));
        }
        stream.RemoveRange(0, framing.TotalLength);
        return new WirePdu(header, data);
    }

    private static void AddCrc(List<byte> to, ReadOnlySpan<byte> of)
    {
        Span<byte> digest = stackalloc byte[Crc32c.Length];
        Crc32c.Write(digest, Crc32c.Compute(of));
        to.AddRange(digest.ToArray());
    }
}
