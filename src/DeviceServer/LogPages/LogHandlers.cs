using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer.LogPages;

/// <summary>LOG SENSE (SPC-6), and the row of LOG SELECT. Every counter counts something.</summary>
internal static class LogHandlers
{
    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        SupportedCommand.DataIn<EmulatedUnit>(PrimaryCommands.LogSense, ReservationAccess.Always, LogSense,
            Conditions.NoMedium, dataLengthMax: 1 << 15),
        LogSelect.Row,
    ];

    private static CommandOutcome LogSense(EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var cdb = command.Cdb;
        if ((cdb[1] & 0x01) != 0) return CommandOutcome.InvalidFieldInCdb(1, bit: 0);       // SP
        var (code, subpage) = (cdb[2] & 0x3F, cdb[3]);
        var pointer = (ushort)(cdb[5] << 8 | cdb[6]);
        if (code == 0 && subpage is 0 or 0xFF && pointer == 0) return SupportedPages(unit, subpage, ref data);
        if (subpage == 0xFF && unit.LogPages.Any(page => (int)page >> 8 == code))
            return Subpages(unit, code, ref data);
        var asked = (LogPageCode)(code << 8 | subpage);
        if (!unit.LogPages.Contains(asked))
            return code == 0 || unit.LogPages.Any(page => (int)page >> 8 == code)
                ? CommandOutcome.InvalidFieldInCdb(3)
                : CommandOutcome.InvalidFieldInCdb(2, bit: 5);
        var lengthAt = LogPage.Begin(ref data, asked, disableSave: !unit.CanSaveLog(asked));
        var writer = new LogParameterWriter(pointer);
        unit.WriteLogParameters(asked, ref writer, ref data);
        LogPage.End(ref data, lengthAt);
        // PARAMETER POINTER past the last parameter asks for something that is not there.
        return pointer > writer.LastCode ? CommandOutcome.InvalidFieldInCdb(5) : CommandOutcome.Good;
    }

    private static CommandOutcome SupportedPages(EmulatedUnit unit, byte subpage, ref ParameterDataWriter data)
    {
        var withSubpages = subpage == 0xFF;
        var at = LogPage.Begin(ref data,
            withSubpages ? LogPageCode.SupportedLogPagesAndSubpages : LogPageCode.SupportedLogPages,
            disableSave: false);
        foreach (var page in AllPages(unit))
        {
            if (!withSubpages && (int)page % 0x100 != 0) continue;
            data.WriteByte((int)page >> 8);
            if (withSubpages) data.WriteByte((int)page & 0xFF);
        }
        LogPage.End(ref data, at);
        return CommandOutcome.Good;
    }

    private static CommandOutcome Subpages(EmulatedUnit unit, int code, ref ParameterDataWriter data)
    {
        var at = LogPage.Begin(ref data, (LogPageCode)(code << 8 | 0xFF), disableSave: false);
        foreach (var page in AllPages(unit))
        {
            if ((int)page >> 8 != code) continue;
            data.WriteByte(code);
            data.WriteByte((int)page & 0xFF);
        }
        LogPage.End(ref data, at);
        return CommandOutcome.Good;
    }

    // SPC-6, Supported Subpages log page: each page code has a list of its subpages, which is one of them: FFh.
    private static IEnumerable<LogPageCode> AllPages(EmulatedUnit unit) =>
        unit.LogPages.Append(LogPageCode.SupportedLogPages)
            .SelectMany(page => (LogPageCode[])[page, (LogPageCode)((int)page | 0xFF)]).Distinct().Order();
}
