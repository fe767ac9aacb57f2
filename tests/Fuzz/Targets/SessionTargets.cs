using Lunette.Fuzz.Engine;
using Lunette.Iscsi;

namespace Lunette.Fuzz.Targets;

/// <summary>
/// The target's session in full feature phase against a hostile initiator. An input is a byte of choices and the bytes
/// of the stream, cut where the input says. <see cref="SessionRun"/> feeds them and checks.
/// </summary>
internal static class SessionTargets
{
    private static readonly byte[][] s_cdbs =
    [
        new byte[16], [0x12, 0, 0, 0, 255, 0], [0x28, 0, 0, 0, 0, 0, 0, 0, 8, 0], [0x2A, 0, 0, 0, 0, 0, 0, 0, 2, 0],
        [0xA0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0], [0x5F, 0, 0, 0, 0, 0, 0, 0, 24, 0], [0x2A, 0, 0, 0, 0, 0, 0, 0, 64, 0],
    ];

    private static readonly PduOpCode[] s_opCodes =
    [
        PduOpCode.NopOut, PduOpCode.TaskManagementRequest, PduOpCode.TextRequest, PduOpCode.DataOut, PduOpCode.DataOut,
        PduOpCode.LogoutRequest, PduOpCode.SnackRequest, PduOpCode.LoginRequest,
    ];

    public static IReadOnlyList<FuzzTarget> Rows { get; } =
    [
        new("session", "PDUs in full feature phase: whole PDUs in answer, StatSN in order, nothing left when it ends",
            SessionRun.Run, Seeds)
        {
            Make = Make,
            Words = TextTargets.Words,
            LengthMax = 16384,
            AllocationBase = 8 << 20,
            StepsBase = 8_000_000,
            ShortRun = 300,
        },
    ];

    private static IEnumerable<byte[]> Seeds()
    {
        uint number = SessionRun.FirstCmdSn;
        yield return [0, .. Command(s_cdbs[1], number, 255, write: false, []),
            .. Command(s_cdbs[2], number + 1, 4096, false, [])];
        yield return [0, .. Command(s_cdbs[3], number, 1024, write: true, new byte[1024])];
        yield return [2, .. Command(s_cdbs[6], number, 32768, write: true, new byte[512]),
            .. DataOut(number, 512, 0, new byte[512])];
        yield return [0, .. Other(PduOpCode.NopOut, number, "ping"u8),
            .. Other(PduOpCode.TextRequest, number, "SendTargets=\0"u8),
            .. Other(PduOpCode.LogoutRequest, number + 1, [])];
        yield return [0, .. Other(PduOpCode.TaskManagementRequest, number, [])];
    }

    private static byte[] Command(byte[] cdb, uint number, uint expected, bool write, byte[] immediate)
    {
        var header = new byte[BasicHeaderSegment.Length];
        var command = Pdu.Begin<ScsiCommand>(header);
        command.Read = !write;
        command.Write = write;
        command.Final = immediate.Length >= expected || !write;
        command.Attribute = TaskAttributeCode.Simple;
        command.InitiatorTaskTag = new InitiatorTaskTag(number);
        command.ExpectedDataTransferLength = expected;
        command.CmdSn = new CmdSn(number);
        command.Cdb = cdb.Length < 16 ? [.. cdb, .. new byte[16 - cdb.Length]] : cdb[..16];
        return Framed(header, immediate);
    }

    private static byte[] DataOut(uint tag, uint offset, uint dataSn, byte[] data)
    {
        var header = new byte[BasicHeaderSegment.Length];
        var pdu = Pdu.Begin<DataOut>(header);
        pdu.InitiatorTaskTag = new InitiatorTaskTag(tag);
        header.AsSpan(36, 12).Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(36), dataSn);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(40), offset);
        return Framed(header, data);
    }

    private static byte[] Other(PduOpCode opCode, uint number, ReadOnlySpan<byte> data)
    {
        var header = new byte[BasicHeaderSegment.Length];
        (header[0], header[1]) = ((byte)opCode, opCode == PduOpCode.TaskManagementRequest ? (byte)0x81 : (byte)0x80);
        header[19] = (byte)number;
        header.AsSpan(20, 4).Fill(0xFF);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(24), number);
        return Framed(header, data);
    }

    private static byte[] Framed(byte[] header, ReadOnlySpan<byte> data)
    {
        (header[5], header[6], header[7]) = ((byte)(data.Length >> 16), (byte)(data.Length >> 8), (byte)data.Length);
        var pdu = new byte[header.Length + (data.Length + 3 & ~3)];
        header.CopyTo(pdu, 0);
        data.CopyTo(pdu.AsSpan(header.Length));
        return pdu;
    }

    private static byte[] Make(FuzzRandom random)
    {
        List<byte> input = [random.OneIn(2) ? (byte)0 : random.Byte()];
        var number = SessionRun.FirstCmdSn;
        for (var pdus = 1 + random.Below(8); pdus > 0; pdus--)
        {
            byte[] pdu;
            if (random.OneIn(2))
            {
                var cdb = random.OneIn(3) ? CdbMaker.Make(random, CdbMaker.Commands) : random.Of(s_cdbs);
                var write = random.OneIn(2);
                var immediate = write && random.OneIn(2) ? new byte[random.Below(5) * 256] : [];
                pdu = Command(cdb, number++, random.OneIn(4) ? (uint)random.Number(24) : 1024, write, immediate);
            }
            else
            {
                // Tags and numbers near those in use.
                var opCode = random.Of(s_opCodes);
                var near = number - (uint)random.Below(3);
                pdu = opCode == PduOpCode.DataOut
                    ? DataOut(near, (uint)random.Below(4) * 512, (uint)random.Below(3), new byte[random.Below(3) * 512])
                    : Other(opCode, near, random.OneIn(2) ? [] : TextTargets.MakeText(random));
                if (opCode != PduOpCode.DataOut && random.OneIn(2)) number++;
                if (opCode == PduOpCode.TaskManagementRequest) pdu[1] = (byte)(0x80 | random.Below(16));
            }
            if (random.OneIn(6)) pdu[random.Below(48)] = (byte)random.Number(8);
            input.AddRange(pdu);
        }
        return [.. input];
    }
}
