using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer.ModePages;

/// <summary>MODE SENSE (6) and (10) commands (SPC-6).</summary>
internal static class ModeSense
{
    private const int AllPages = 0x3F;
    private const int AllSubpages = 0xFF;

    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        SupportedCommand.DataIn<EmulatedUnit>(PrimaryCommands.ModeSense6, ReservationAccess.WhenReading, Sense6,
            Conditions.NoMedium | Conditions.Sanitizing),
        SupportedCommand.DataIn<EmulatedUnit>(PrimaryCommands.ModeSense10, ReservationAccess.WhenReading, Sense10,
            Conditions.NoMedium | Conditions.Sanitizing),
    ];

    private static CommandOutcome Sense6(EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var cdb = command.Cdb;
        var at = data.ReserveByte();
        data.WriteByte(unit.MediumType);
        data.WriteByte(unit.DeviceSpecificParameter);
        var lengthAt = data.ReserveByte();
        if ((cdb[1] & 0x08) == 0) unit.WriteBlockDescriptors(ref data, longLba: false);
        data.CloseByte(lengthAt);
        var outcome = WritePages(unit, cdb, ref data);
        if (outcome.Status != ScsiStatus.Good) return outcome;
        // MODE DATA LENGTH has one byte here: longer pages are for MODE SENSE (10).
        if (data.Length > 1 + byte.MaxValue) return CommandOutcome.InvalidFieldInCdb(3);
        data.CloseByte(at);
        return outcome;
    }

    private static CommandOutcome Sense10(EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var cdb = command.Cdb;
        var longLba = (cdb[1] & 0x10) != 0;
        var at = data.ReserveUInt16();
        data.WriteByte(unit.MediumType);
        data.WriteByte(unit.DeviceSpecificParameter);
        var flagsAt = data.ReserveByte();
        data.WriteZeros(1);
        var lengthAt = data.ReserveUInt16();
        var written = data.Length;
        if ((cdb[1] & 0x08) == 0) unit.WriteBlockDescriptors(ref data, longLba);
        data.CloseUInt16(lengthAt);
        // LONGLBA tells the form of the descriptors that follow, if any do.
        if (longLba && data.Length > written) data.Patch(flagsAt, 0x01);
        var outcome = WritePages(unit, cdb, ref data);
        if (outcome.Status == ScsiStatus.Good) data.CloseUInt16(at);
        return outcome;
    }

    private static CommandOutcome WritePages(EmulatedUnit unit, ReadOnlySpan<byte> cdb, ref ParameterDataWriter data)
    {
        var control = cdb[2] >> 6;
        var code = cdb[2] & AllPages;
        var subpage = cdb[3];
        // SBC-5, Commands allowed during sanitize: caching, control, the protocol's and informational exceptions.
        if (unit.IsSanitizing(out var sense) && (subpage != 0 || code is not (0x08 or 0x0A or 0x18 or 0x19 or 0x1C)))
            return CommandOutcome.Check(sense);
        if (control == 3 && !unit.CanSave)
            return CommandOutcome.Check(Sense.Illegal(AdditionalSense.SavingParametersNotSupported));
        // SPC-6: for all pages the subpage is 00h or FFh; others are reserved.
        if (code == AllPages && subpage is not (0 or AllSubpages)) return CommandOutcome.InvalidFieldInCdb(3);
        var modes = unit.Modes;
        var found = false;
        var codeKnown = false;
        for (var i = 0; i < modes.Pages.Count; i++)
        {
            var page = modes.Pages[i];
            codeKnown |= page.Code == code;
            var wanted = (code == AllPages || page.Code == code) && (subpage == AllSubpages || page.Subpage == subpage);
            if (!wanted) continue;
            found = true;
            WritePage(unit, i, control, ref data);
        }
        if (found) return CommandOutcome.Good;
        return codeKnown ? CommandOutcome.InvalidFieldInCdb(3) : CommandOutcome.InvalidFieldInCdb(2, bit: 5);
    }

    private static void WritePage(EmulatedUnit unit, int index, int control, ref ParameterDataWriter data)
    {
        var modes = unit.Modes;
        var page = modes.Pages[index];
        var at = data.Length;
        switch (control)
        {
            case 0:
                data.Write(modes.Current(index).Span);
                break;
            case 1:
                data.Write(page.Defaults[..page.HeaderLength]);
                data.Write(page.Changeable[page.HeaderLength..]);
                break;
            case 2:
                data.Write(page.Defaults);
                break;
            default:
                data.Write(modes.Saved(index).Span);
                break;
        }
        // PS: the page can be saved.
        if (unit.CanSave && page.IsChangeable) data.Patch(at, page.Defaults[0] | 0x80);
    }
}
