using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Diagnostics;

/// <summary>SEND DIAGNOSTIC, RECEIVE DIAGNOSTIC RESULTS, READ BUFFER and WRITE BUFFER (SPC-6).</summary>
internal static class DiagnosticHandlers
{
    /// <summary>Capacity of the echo buffer each I_T nexus has, in bytes.</summary>
    internal const int EchoBufferLength = 4096;

    private const int AbortBackgroundSelfTest = 4;
    private const int ModeDescriptor = 0x03;
    private const int ModeEcho = 0x0A;
    private const int ModeEchoDescriptor = 0x0B;

    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        SupportedCommand.DataOut<EmulatedUnit>(PrimaryCommands.SendDiagnostic, ReservationAccess.WhenWriting,
            SendDiagnostic, Conditions.Standby),
        SupportedCommand.DataIn<EmulatedUnit>(PrimaryCommands.ReceiveDiagnosticResults, ReservationAccess.WhenReading,
            ReceiveDiagnosticResults, Conditions.NoMedium),
        SupportedCommand.DataIn<EmulatedUnit>(PrimaryCommands.ReadBuffer10, ReservationAccess.WhenReading,
            ReadBuffer10, Conditions.NoMedium),
        SupportedCommand.DataIn<EmulatedUnit>(PrimaryCommands.ReadBuffer16, ReservationAccess.WhenReading,
            ReadBuffer16, Conditions.NoMedium),
        SupportedCommand.DataOut<EmulatedUnit>(PrimaryCommands.WriteBuffer, ReservationAccess.WhenWriting, WriteBuffer,
            Conditions.NoMedium, dataLengthMax: EchoBufferLength),
    ];

    private static CommandOutcome SendDiagnostic(EmulatedUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        var flags = command.Cdb[1];
        var selfTest = (flags & 0x04) != 0;
        var code = flags >> 5;
        // SELF-TEST CODE has a meaning only without SELFTEST; 3 and 7 are reserved.
        if (selfTest && code != 0 || code is 3 or 7) return CommandOutcome.InvalidFieldInCdb(1, bit: 7);
        // The only diagnostic page is the list of pages, and nothing can be sent to it but its header.
        if (list.IsEmpty) return selfTest || code != 0 ? SelfTest(unit, command, code) : CommandOutcome.Good;
        if (selfTest || code != 0) return CommandOutcome.InvalidFieldInCdb(3);
        if (list.Length != 4) return CommandOutcome.ParameterListLengthError;
        return list[0] == 0 ? CommandOutcome.Good : CommandOutcome.InvalidFieldInParameterList(0);
    }

    // SPC-6, SEND DIAGNOSTIC command, SELF-TEST CODE: short and extended, in the background or not; 100b aborts.
    private static CommandOutcome SelfTest(EmulatedUnit unit, TaskContext command, int code)
    {
        if (code == AbortBackgroundSelfTest)
            return unit.TryAbortSelfTest() ? CommandOutcome.Good : CommandOutcome.InvalidFieldInCdb(1, bit: 7);
        return unit.SelfTest(command, (byte)code);
    }

    private static CommandOutcome ReceiveDiagnosticResults(
        EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        if (command.Cdb[2] != 0) return CommandOutcome.InvalidFieldInCdb(2);
        // Supported Diagnostic Pages: only itself.
        data.Write([0x00, 0x00, 0x00, 0x01, 0x00]);
        return CommandOutcome.Good;
    }

    private static CommandOutcome ReadBuffer10(EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var cdb = command.Cdb;
        var offset = cdb[3] << 16 | cdb[4] << 8 | cdb[5];
        return ReadBuffer(command, cdb[2], bufferAt: 2, (ulong)offset, offsetAt: 3, ref data);
    }

    private static CommandOutcome ReadBuffer16(EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var cdb = command.Cdb;
        var offset = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(cdb[2..]);
        return ReadBuffer(command, cdb[14], bufferAt: 14, offset, offsetAt: 2, ref data);
    }

    private static CommandOutcome ReadBuffer(
        TaskContext command, byte buffer, int bufferAt, ulong offset, int offsetAt, ref ParameterDataWriter data)
    {
        var mode = command.Cdb[1] & 0x1F;
        if (command.Cdb[1] >> 5 != 0) return CommandOutcome.InvalidFieldInCdb(1, bit: 7);
        switch (mode)
        {
            case ModeDescriptor:
                if (buffer != 0) return CommandOutcome.InvalidFieldInCdb(bufferAt);
                if (offset != 0) return CommandOutcome.InvalidFieldInCdb(offsetAt);
                // OFFSET BOUNDARY FFh and no capacity: there is no buffer but the echo buffer.
                data.Write([0xFF, 0x00, 0x00, 0x00]);
                return CommandOutcome.Good;
            case ModeEcho:
                if (command.Itl.EchoBuffer is not { } echo)
                    return CommandOutcome.Check(Sense.Illegal(AdditionalSense.CommandSequenceError));
                data.Write(echo);
                return CommandOutcome.Good;
            case ModeEchoDescriptor:
                // EBOS: each nexus has its own.
                data.Write([0x01, 0x00, EchoBufferLength >> 8, EchoBufferLength & 0xFF]);
                return CommandOutcome.Good;
            default:
                return CommandOutcome.InvalidFieldInCdb(1, bit: 4);
        }
    }

    private static CommandOutcome WriteBuffer(EmulatedUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        // Everything else writes memory or microcode, of which there is none.
        if ((command.Cdb[1] & 0x1F) != ModeEcho) return CommandOutcome.InvalidFieldInCdb(1, bit: 4);
        if (command.Cdb[1] >> 5 != 0) return CommandOutcome.InvalidFieldInCdb(1, bit: 7);
        command.Itl.EchoBuffer = list.ToArray();
        return CommandOutcome.Good;
    }
}
