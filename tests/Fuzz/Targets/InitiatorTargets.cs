using System.Buffers.Binary;
using Lunette.Fuzz.Engine;
using Lunette.Iscsi;
using Lunette.Scsi;

namespace Lunette.Fuzz.Targets;

/// <summary>
/// The initiator's session in full feature phase against a hostile target. An input is a byte of choices and PDUs;
/// <see cref="InitiatorRun"/> feeds them and checks.
/// </summary>
internal static class InitiatorTargets
{
    private static readonly PduOpCode[] s_opCodes =
    [
        PduOpCode.NopIn, PduOpCode.ScsiResponse, PduOpCode.TaskManagementResponse, PduOpCode.TextResponse,
        PduOpCode.DataIn, PduOpCode.DataIn, PduOpCode.LogoutResponse, PduOpCode.ReadyToTransfer,
        PduOpCode.ReadyToTransfer, PduOpCode.AsynchronousMessage, PduOpCode.Reject, PduOpCode.LoginResponse,
    ];

    public static IReadOnlyList<FuzzTarget> Rows { get; } =
    [
        new("initiator-session",
            "a target's PDUs in full feature phase: each command ends, no byte lands outside the caller's buffer, " +
            "nothing is left", InitiatorRun.Run, Seeds)
        {
            Make = Make,
            Words = TextTargets.Words,
            LengthMax = 16384,
            AllocationBase = 8 << 20,
            AllocationPerByte = 512,
            StepsBase = 8_000_000,
            ShortRun = 300,
        },
    ];

    private static IEnumerable<byte[]> Seeds()
    {
        yield return
        [
            0,
            .. DataIn(0, 0, 0, new byte[InitiatorRun.ReadBytes], last: true),
            .. DataIn(1, 0, 0, new byte[InitiatorRun.ReadBytes], last: true),
            .. ReadyToTransfer(2, 0, 1, 0, InitiatorRun.WriteBytes), .. Response(2, ScsiStatus.Good),
            .. ReadyToTransfer(3, 0, 2, 8192, 8192), .. Response(3, ScsiStatus.CheckCondition),
            .. Response(4, ScsiStatus.Good), .. Response(5, ScsiStatus.Busy),
        ];
        yield return [4, .. ReadyToTransfer(2, 0, 1, 0, 4096), .. ReadyToTransfer(2, 1, 2, 4096, 12288)];
        yield return [1, .. DataIn(0, 0, 0, new byte[512], last: false), .. Other(PduOpCode.NopIn, uint.MaxValue, [])];
        yield return [0, .. Other(PduOpCode.AsynchronousMessage, uint.MaxValue, [])];
        yield return [0, .. Other(PduOpCode.Reject, uint.MaxValue, new byte[48])];
        yield return [2, .. Other(PduOpCode.LogoutResponse, 0, []), .. Other(PduOpCode.TextResponse, 1, "a=b\0"u8)];
    }

    private static byte[] DataIn(uint tag, uint dataSn, uint offset, byte[] data, bool last)
    {
        var pdu = Other(PduOpCode.DataIn, tag, data);
        pdu[1] = last ? (byte)0x81 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(36), dataSn);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(40), offset);
        return pdu;
    }

    private static byte[] ReadyToTransfer(uint tag, uint r2tSn, uint transfer, uint offset, uint length)
    {
        var pdu = Other(PduOpCode.ReadyToTransfer, tag, []);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(20), transfer);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(36), r2tSn);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(40), offset);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(44), length);
        return pdu;
    }

    private static byte[] Response(uint tag, ScsiStatus status)
    {
        var pdu = Other(PduOpCode.ScsiResponse, tag, []);
        pdu[3] = (byte)status;
        return pdu;
    }

    // The tag is a command's number, the StatSN the right one: see InitiatorRun.
    private static byte[] Other(PduOpCode opCode, uint tag, ReadOnlySpan<byte> data)
    {
        var pdu = new byte[BasicHeaderSegment.Length + (data.Length + 3 & ~3)];
        (pdu[0], pdu[1]) = ((byte)opCode, 0x80);
        (pdu[5], pdu[6], pdu[7]) = ((byte)(data.Length >> 16), (byte)(data.Length >> 8), (byte)data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(16), tag);
        pdu.AsSpan(20, 8).Fill(0xFF);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(28), 0x1000);
        BinaryPrimitives.WriteUInt32BigEndian(pdu.AsSpan(32), 0x1000);
        data.CopyTo(pdu.AsSpan(BasicHeaderSegment.Length));
        return pdu;
    }

    private static byte[] Make(FuzzRandom random)
    {
        List<byte> input = [random.OneIn(2) ? (byte)0 : random.Byte()];
        for (var pdus = 1 + random.Below(8); pdus > 0; pdus--)
        {
            var tag = random.OneIn(4) ? uint.MaxValue : (uint)random.Below(InitiatorRun.Commands + 1);
            var pdu = random.Of(s_opCodes) switch
            {
                PduOpCode.DataIn => DataIn(tag, (uint)random.Below(2), (uint)random.Below(9) * 512,
                    new byte[random.Below(5) * 1024], random.OneIn(2)),
                PduOpCode.ReadyToTransfer => ReadyToTransfer(tag, (uint)random.Below(2), (uint)random.Below(3) + 1,
                    (uint)random.Below(33) * 512, (uint)random.Below(33) * 512),
                var opCode => Other(opCode, tag, random.OneIn(2) ? [] : TextTargets.MakeText(random)),
            };
            if (random.OneIn(4)) pdu[random.Below(48)] = (byte)random.Number(8);
            input.AddRange(pdu);
        }
        return [.. input];
    }
}
