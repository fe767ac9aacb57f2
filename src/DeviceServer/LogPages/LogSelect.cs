using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.SavedState;
using Lunette.Scsi;

namespace Lunette.DeviceServer.LogPages;

/// <summary>
/// LOG SELECT (SPC-6): counters are put to zero, by page or all; what application clients may note is taken from a
/// list, and saved where they say so.
/// </summary>
internal static class LogSelect
{
    private const int CumulativeDefaults = 3;

    private static readonly CommandStep s_resetSaved = static (unit, command) => End(unit, command,
        () => unit.ResetLog((IEnumerable<LogPageCode>)command.Change!, command.Itl));

    private static readonly CommandStep s_changeSaved = static (unit, command) => End(unit, command, () =>
    {
        var change = (LogChange)command.Change!;
        unit.ChangeLog(change.ApplicationClient, change.AccountingDate, command.Itl);
    });

    public static SupportedCommand Row { get; } = SupportedCommand.DataOut<EmulatedUnit>(PrimaryCommands.LogSelect,
        ReservationAccess.WhenWriting, Select, Conditions.NoMedium, Ordering.Configuration, dataLengthMax: 1 << 15);

    private static CommandOutcome Select(EmulatedUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        var cdb = command.Cdb;
        if ((cdb[1] & 0x01) != 0 && !unit.CanSave) return CommandOutcome.InvalidFieldInCdb(1, bit: 0);     // SP
        return list.IsEmpty ? SelectWithoutList(unit, command) : SelectWithList(unit, command, list);
    }

    private static CommandOutcome SelectWithoutList(EmulatedUnit unit, TaskContext command)
    {
        var cdb = command.Cdb;
        var (code, subpage) = (cdb[2] & 0x3F, cdb[3]);
        IReadOnlyList<LogPageCode> pages = [.. unit.LogPages.Where(page => Means(code, subpage, page))];
        if (pages.Count == 0)
        {
            return unit.LogPages.Any(page => (int)page >> 8 == code)
                ? CommandOutcome.InvalidFieldInCdb(3)
                : CommandOutcome.InvalidFieldInCdb(2, bit: 5);
        }
        var resets = (cdb[1] & 0x02) != 0 || cdb[2] >> 6 == CumulativeDefaults;
        var saves = (cdb[1] & 0x01) != 0 && pages.Contains(LogPageCode.ApplicationClient);
        if (!saves)
        {
            if (resets) unit.ResetLog(pages, command.Itl);
            return CommandOutcome.Good;
        }
        command.Change = resets ? pages : [];
        Save(unit, command, resets ? ApplicationClientLog.Empty : unit.ApplicationClient, s_resetSaved);
        return CommandOutcome.Pending;
    }

    // Page 00h is all pages; subpage FFh is all subpages of a page.
    private static bool Means(int code, int subpage, LogPageCode page) =>
        (code == 0 && subpage is 0 or 0xFF)
        || ((int)page >> 8 == code && (subpage == 0xFF || ((int)page & 0xFF) == subpage));

    private static CommandOutcome SelectWithList(EmulatedUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        var cdb = command.Cdb;
        // SPC-6, LOG SELECT command: the list says which pages, and nothing is reset besides.
        if ((cdb[1] & 0x02) != 0) return CommandOutcome.InvalidFieldInCdb(1, bit: 1);
        if ((cdb[2] & 0x3F) != 0) return CommandOutcome.InvalidFieldInCdb(2, bit: 5);
        if (cdb[3] != 0) return CommandOutcome.InvalidFieldInCdb(3);
        if (LogChange.Read(unit, list, out var change) is { } fault) return fault;
        var saves = (cdb[1] & 0x01) != 0 && change.MaySave;
        if (!saves)
        {
            unit.ChangeLog(change.ApplicationClient, change.AccountingDate, command.Itl);
            return CommandOutcome.Good;
        }
        command.Change = change;
        Save(unit, command, change.ApplicationClient ?? unit.ApplicationClient, s_changeSaved);
        return CommandOutcome.Pending;
    }

    private static void Save(EmulatedUnit unit, TaskContext command, ApplicationClientLog log, CommandStep next) =>
        unit.SaveThen(command, unit.SavedState.With(StateSection.ApplicationClient, log.Encode()), next);

    private static void End(EmulatedUnit unit, TaskContext command, Action apply)
    {
        if (command.SaveSucceeded) apply();
        command.Change = null;
        unit.Complete(command, command.SaveSucceeded
            ? CommandOutcome.Good
            : CommandOutcome.Check(SenseKey.HardwareError, AdditionalSense.InternalTargetFailure));
    }
}
