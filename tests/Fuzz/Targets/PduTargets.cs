using System.Buffers.Binary;
using Lunette.Fuzz.Engine;
using Lunette.Iscsi;

namespace Lunette.Fuzz.Targets;

/// <summary>PDUs as bytes: lengths, additional header segments, and the view of each opcode.</summary>
internal static class PduTargets
{
    public static IReadOnlyList<FuzzTarget> Rows { get; } =
    [
        new("pdu", "a PDU's framing, additional header segments and sense segment: nothing lies outside", Frame,
            () => [Command(8), Command(16), new byte[48], [.. Enumerable.Repeat((byte)0xFF, 64)]])
        {
            LengthMax = 2048,
            AllocationBase = 4096,
            AllocationPerByte = 4,
            Make = random => Header(random, random.Bytes(random.Below(80))),
        },
    ];

    /// <summary>A header of any opcode before a data segment whose length it states, most often truly.</summary>
    public static byte[] Header(FuzzRandom random, byte[] data)
    {
        var pdu = new byte[48 + (data.Length + 3 & ~3)];
        data.CopyTo(pdu, 48);
        var opcodes = Enum.GetValues<PduOpCode>();
        pdu[0] = (byte)((byte)random.Of(opcodes) | (random.OneIn(2) ? 0x40 : 0));
        pdu[1] = random.OneIn(2) ? (byte)0x80 : random.Byte();
        for (var at = 8; at < 48; at += 4)
            BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(at), random.OneIn(3) ? (uint)random.Number(32) : 1);
        var length = random.OneIn(6) ? (int)random.Number(24) : data.Length;
        BinaryPrimitives.WriteInt32BigEndian(pdu.AsSpan(4), length & 0xFF_FFFF);
        return pdu;
    }

    private static byte[] Command(int cdbLength)
    {
        var extended = new byte[Math.Max(0, cdbLength - 8)];
        var ahs = new byte[AdditionalHeaderSegments.LengthOf(extended.Length, bidirectional: true)];
        AdditionalHeaderSegments.Write(ahs, extended, 512);
        var pdu = new byte[48 + ahs.Length];
        pdu[0] = (byte)PduOpCode.ScsiCommand;
        pdu[4] = (byte)(ahs.Length / 4);
        ahs.CopyTo(pdu, 48);
        return pdu;
    }

    private static void Frame(ReadOnlySpan<byte> input)
    {
        if (input.Length < BasicHeaderSegment.Length) return;
        foreach (var digests in (ReadOnlySpan<bool>)[false, true])
        {
            var framing = new PduFraming(input, digests, digests);
            FuzzException.Unless(framing.HeaderLength is >= 48 and <= 48 + PduFraming.TotalAhsLengthMax,
                "header length");
            FuzzException.Unless(framing.DataSegmentOffset >= framing.HeaderLength, "data before the header's end");
            FuzzException.Unless(framing.TotalLength % 4 == 0, "a PDU is no multiple of four");
            FuzzException.Unless(framing.TotalLength >= framing.DataSegmentOffset + framing.DataSegmentLength, "total");
        }
        var plain = new PduFraming(input, false, false);
        if (input.Length < plain.HeaderLength) return;
        CheckAhs(input[48..plain.HeaderLength]);
        var data = input[plain.HeaderLength..];
        if (SenseSegment.TryParse(data, out var sense, out var rest))
            FuzzException.Unless(data.IsEmpty || sense.Length + rest.Length + 2 == data.Length,
                "a sense segment's parts");
        Describe(input);
    }

    private static void CheckAhs(ReadOnlySpan<byte> ahs)
    {
        if (!AdditionalHeaderSegments.TryParse(ahs, out var segments)) return;
        FuzzException.Unless(16 + segments.ExtendedCdb.Length <= AdditionalHeaderSegments.CdbLengthMax,
            "a CDB too long");
        var written = new byte[AdditionalHeaderSegments.LengthOf(
            segments.ExtendedCdb.Length, segments.BidirectionalReadLength is not null)];
        AdditionalHeaderSegments.Write(written, segments.ExtendedCdb, segments.BidirectionalReadLength);
        FuzzException.Unless(AdditionalHeaderSegments.TryParse(written, out var again),
            "written segments are not read");
        FuzzException.Unless(again.ExtendedCdb.SequenceEqual(segments.ExtendedCdb)
            && again.BidirectionalReadLength == segments.BidirectionalReadLength, "segments change when written");
    }

    // Each view reads every field of any header.
    private static void Describe(ReadOnlySpan<byte> input)
    {
        var header = new BasicHeaderSegment(input);
        _ = (header.Lun.ToString(), header.InitiatorTaskTag, header.Final, header.Immediate);
        var command = ScsiCommand.Over(header);
        _ = (command.Attribute, command.CmdSn, command.ExpectedDataTransferLength);
        var login = LoginRequest.Over(header);
        _ = (login.CurrentStage, login.NextStage, login.Isid.ToString(), login.Isid.Type, login.Tsih, login.Cid);
        var window = new CommandWindow(login.CmdSn, new CmdSn(login.ExpStatSn.Value));
        if (window.IsLawful) FuzzException.Unless(!window.Contains(new CmdSn(window.MaxCmdSn.Value + 1)),
            "past the window");
    }
}
