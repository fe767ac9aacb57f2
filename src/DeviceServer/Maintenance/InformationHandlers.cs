using System.Buffers.Binary;
using System.Text;
using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.SavedState;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Maintenance;

/// <summary>Identifying information and the time stamp (SPC-6, REPORT and SET commands of both).</summary>
internal static class InformationHandlers
{
    private const int PeripheralInformation = 0x00;
    private const int TextInformation = 0x02;
    private const int SupportedTypes = 0x7F;
    private const int PeripheralLengthMax = 64;
    private const int TextLengthMax = 256;

    private static readonly CommandStep s_saved = static (unit, command) => unit.Complete(command,
        command.SaveSucceeded
            ? CommandOutcome.Good
            : CommandOutcome.Check(SenseKey.HardwareError, AdditionalSense.InternalTargetFailure));

    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        SupportedCommand.DataIn<EmulatedUnit>(PrimaryCommands.ReportIdentifyingInformation,
            ReservationAccess.UnlessReserved, ReportInformation, Conditions.NoMedium),
        SupportedCommand.DataOut<EmulatedUnit>(PrimaryCommands.SetIdentifyingInformation,
            ReservationAccess.WhenWriting, SetInformation, Conditions.NoMedium, Ordering.Configuration),
        SupportedCommand.DataIn<EmulatedUnit>(PrimaryCommands.ReportTimestamp, ReservationAccess.UnlessReserved,
            ReportTimestamp, Conditions.NoMedium),
        SupportedCommand.DataOut<EmulatedUnit>(PrimaryCommands.SetTimestamp, ReservationAccess.WhenWriting,
            SetTimestamp, Conditions.NoMedium, Ordering.Configuration),
    ];

    private static CommandOutcome ReportInformation(
        EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        switch (command.Cdb[10] >> 1)
        {
            case PeripheralInformation:
                data.WriteZeros(2);
                var at = data.ReserveUInt16();
                data.Write(Information(unit, PeripheralInformation));
                data.CloseUInt16(at);
                return CommandOutcome.Good;
            case TextInformation:
                data.WriteZeros(2);
                var textAt = data.ReserveUInt16();
                var text = Information(unit, TextInformation);
                data.Write(text.IsEmpty ? Encoding.UTF8.GetBytes(unit.Alias) : text);
                data.CloseUInt16(textAt);
                return CommandOutcome.Good;
            case SupportedTypes:
                data.WriteZeros(2);
                var listAt = data.ReserveUInt16();
                WriteType(ref data, PeripheralInformation, PeripheralLengthMax);
                WriteType(ref data, TextInformation, TextLengthMax);
                data.CloseUInt16(listAt);
                return CommandOutcome.Good;
            default:
                return CommandOutcome.InvalidFieldInCdb(10, bit: 7);
        }
    }

    private static void WriteType(ref ParameterDataWriter data, int type, int lengthMax)
    {
        data.WriteByte(type << 1);
        data.WriteZeros(1);
        data.WriteUInt16(lengthMax);
    }

    private static CommandOutcome SetInformation(EmulatedUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        var type = command.Cdb[10] >> 1;
        if (type is not (PeripheralInformation or TextInformation)) return CommandOutcome.InvalidFieldInCdb(10, bit: 7);
        var lengthMax = type == PeripheralInformation ? PeripheralLengthMax : TextLengthMax;
        if (list.Length > lengthMax) return CommandOutcome.InvalidFieldInCdb(6);
        if (type == TextInformation)
        {
            // A null-terminated UTF-8 string; the terminator is not kept.
            if (list.IndexOf((byte)0) is var end and >= 0) list = list[..end];
            if (!System.Text.Unicode.Utf8.IsValid(list)) return CommandOutcome.InvalidFieldInParameterList(0);
        }
        var other = type == PeripheralInformation ? TextInformation : PeripheralInformation;
        byte[] content = [.. Entry(type, list), .. Entry(other, Information(unit, other))];
        unit.SaveThen(command, unit.SavedState.With(StateSection.IdentifyingInformation, content), s_saved);
        return CommandOutcome.Pending;
    }

    // The saved section: type, length in two bytes, bytes; for each type that is set.
    private static byte[] Entry(int type, ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? [] : [(byte)type, (byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];

    private static ReadOnlySpan<byte> Information(EmulatedUnit unit, int type)
    {
        var section = unit.SavedState[StateSection.IdentifyingInformation];
        while (section.Length >= 3)
        {
            var length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(section[1..]), section.Length - 3);
            if (section[0] == type) return section.Slice(3, length);
            section = section[(3 + length)..];
        }
        return [];
    }

    private static CommandOutcome ReportTimestamp(EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var at = data.ReserveUInt16();
        var (origin, milliseconds) = unit.Timestamp;
        data.WriteByte((byte)origin);
        data.WriteZeros(1);
        data.WriteUInt48((ulong)milliseconds);
        data.WriteZeros(2);
        data.CloseUInt16(at);
        return CommandOutcome.Good;
    }

    private static CommandOutcome SetTimestamp(EmulatedUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        if (list.IsEmpty) return CommandOutcome.Good;
        if (list.Length != 12) return CommandOutcome.ParameterListLengthError;
        var reader = new ParameterListReader(list);
        reader.Reserved(4);
        // Past the end of the time that the format has.
        if (list[4] > 0xF0) reader.Refuse(4);
        var milliseconds = reader.ReadUInt48();
        reader.Reserved(2);
        if (reader.Failure is { } failure) return failure;
        unit.SetTimestamp((long)milliseconds, command.Itl);
        return CommandOutcome.Good;
    }
}
