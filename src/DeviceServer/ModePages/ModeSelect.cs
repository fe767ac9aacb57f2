using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.SavedState;
using Lunette.Scsi;

namespace Lunette.DeviceServer.ModePages;

/// <summary>MODE SELECT (6) and (10) commands (SPC-6): all of the list is checked before any of it is done.</summary>
internal static class ModeSelect
{
    // A list is a header, one block descriptor of the long form and every page once; more is no use.
    private const int ListLengthMax = 4096;

    private static readonly CommandStep s_saved = Saved;
    private static readonly CommandStep s_settled = static (unit, command) =>
        unit.Complete(command, CommandOutcome.Good);

    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        SupportedCommand.DataOut<EmulatedUnit>(PrimaryCommands.ModeSelect6.Without("RTD"),
            ReservationAccess.WhenWriting, Select6, Conditions.NoMedium, Ordering.Configuration, ListLengthMax),
        SupportedCommand.DataOut<EmulatedUnit>(PrimaryCommands.ModeSelect10.Without("RTD"),
            ReservationAccess.WhenWriting, Select10, Conditions.NoMedium, Ordering.Configuration, ListLengthMax),
    ];

    private static CommandOutcome Select6(EmulatedUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        if (list.IsEmpty) return CheckFlags(unit, command) ?? CommandOutcome.Good;
        if (list.Length < 4) return CommandOutcome.ParameterListLengthError;
        return Select(unit, command, list, mediumTypeAt: 1, descriptorLengthAt: 3, headerLength: 4, list[3],
            longLba: false);
    }

    private static CommandOutcome Select10(EmulatedUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        if (list.IsEmpty) return CheckFlags(unit, command) ?? CommandOutcome.Good;
        if (list.Length < 8) return CommandOutcome.ParameterListLengthError;
        return Select(unit, command, list, mediumTypeAt: 2, descriptorLengthAt: 6, headerLength: 8,
            BinaryPrimitives.ReadUInt16BigEndian(list[6..]), longLba: (list[4] & 1) != 0);
    }

    private static CommandOutcome? CheckFlags(EmulatedUnit unit, TaskContext command)
    {
        var flags = command.Cdb[1];
        if ((flags & 0x10) == 0) return CommandOutcome.InvalidFieldInCdb(1, bit: 4);    // PF: pages of another format
        if ((flags & 0x01) != 0 && !unit.CanSave) return CommandOutcome.InvalidFieldInCdb(1, bit: 0);
        return null;
    }

    private static CommandOutcome Select(EmulatedUnit unit, TaskContext command, ReadOnlySpan<byte> list,
        int mediumTypeAt, int descriptorLengthAt, int headerLength, int descriptorLength, bool longLba)
    {
        if (CheckFlags(unit, command) is { } refusal) return refusal;
        if (list[mediumTypeAt] != unit.MediumType) return CommandOutcome.InvalidFieldInParameterList(mediumTypeAt);
        if (list.Length < headerLength + descriptorLength) return CommandOutcome.ParameterListLengthError;
        if (descriptorLength > 0)
        {
            if (descriptorLength != (longLba ? 16 : 8))
                return CommandOutcome.InvalidFieldInParameterList(descriptorLengthAt);
            var descriptor = list.Slice(headerLength, descriptorLength);
            var fault = unit.CheckBlockDescriptor(descriptor, longLba);
            if (fault >= 0) return CommandOutcome.InvalidFieldInParameterList(headerLength + fault);
        }

        var change = new ModeChange();
        var outcome = ReadPages(unit.Modes, list, headerLength + descriptorLength, change);
        if (outcome.Status != ScsiStatus.Good) return outcome;
        command.Change = change;
        if ((command.Cdb[1] & 0x01) != 0)
        {
            unit.SaveThen(command, unit.SavedState.With(StateSection.ModePages, change.Save(unit.Modes)), s_saved);
        }
        else
        {
            Apply(unit, command, change, save: false);
        }
        return CommandOutcome.Pending;
    }

    private static CommandOutcome ReadPages(ModePageSet modes, ReadOnlySpan<byte> list, int at, ModeChange change)
    {
        while (at < list.Length)
        {
            var rest = list[at..];
            if (rest.Length < 2) return CommandOutcome.ParameterListLengthError;
            var subpageFormat = (rest[0] & 0x40) != 0;
            if (subpageFormat && rest.Length < 4) return CommandOutcome.ParameterListLengthError;
            var index = modes.IndexOf((byte)(rest[0] & 0x3F), subpageFormat ? rest[1] : (byte)0);
            if (index < 0) return CommandOutcome.InvalidFieldInParameterList(at, bit: 5);
            var page = modes.Pages[index];
            if (subpageFormat != (page.Subpage != 0)) return CommandOutcome.InvalidFieldInParameterList(at, bit: 6);
            var stated = subpageFormat ? BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) + 4 : rest[1] + 2;
            if (stated != page.Length) return CommandOutcome.InvalidFieldInParameterList(at + page.HeaderLength - 1);
            if (rest.Length < page.Length) return CommandOutcome.ParameterListLengthError;
            var wanted = rest[..page.Length];
            if (page.FindFault(modes.Current(index).Span, wanted) is { } fault)
                return CommandOutcome.InvalidFieldInParameterList(at + fault.Byte, fault.Bit);
            change.Set(index, page, wanted);
            at += page.Length;
        }
        return CommandOutcome.Good;
    }

    private static void Saved(EmulatedUnit unit, TaskContext command)
    {
        var change = (ModeChange)command.Change!;
        if (command.SaveSucceeded)
        {
            Apply(unit, command, change, save: true);
            return;
        }
        command.Change = null;
        unit.Complete(command, CommandOutcome.Check(SenseKey.HardwareError, AdditionalSense.InternalTargetFailure));
    }

    private static void Apply(EmulatedUnit unit, TaskContext command, ModeChange change, bool save)
    {
        command.Change = null;
        unit.ApplyModeChange(change, save, command.Itl);
        unit.ModePagesChanged(command, s_settled);
    }
}
