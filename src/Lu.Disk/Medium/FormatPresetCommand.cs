using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Medium;

/// <summary>
/// FORMAT WITH PRESET command and what it may be asked for (SBC-5). A disk keeps its block length, is never zoned, and
/// has as many presets as it has protection types.
/// </summary>
internal static class FormatPresetCommand
{
    private const byte NotZoned = 0x01;
    private const uint Default512 = 0x0000_0000;
    private const uint Default4096 = 0x0000_0100;
    private const uint VendorSpecific = 0x0001_0000;

    private static readonly ProtectionType[] s_unprotected = [ProtectionType.Type0];
    private static readonly ProtectionType[] s_protected =
        [ProtectionType.Type0, ProtectionType.Type1, ProtectionType.Type2, ProtectionType.Type3];

    /// <summary>The presets of a disk, as VPD page B8h lists them.</summary>
    public static FormatPreset[] PresetsOf(DiskUnit unit) =>
        [.. TypesOf(unit).Select(type => PresetOf(unit, type))];

    public static CommandOutcome FormatWithPreset(DiskUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        if (!unit.TryCheckWritable(out var refusal)) return refusal;
        var field = command.Command.Descriptor.Layout["PRESET IDENTIFIER"];
        foreach (var type in TypesOf(unit))
        {
            if (IdentifierOf(unit, type) != field.Get(command.Cdb)) continue;
            task.IsImmediate = (command.Cdb[1] & 0x80) != 0;
            // FMTMAXLBA: the designed last block is the last there can be.
            return FormatCommands.Start(task, type, FormatCommands.NoList, requiresPowerCycle: true);
        }
        return field.Invalid();
    }

    private static ProtectionType[] TypesOf(DiskUnit unit) =>
        unit.Disk.Protection is null ? s_unprotected : s_protected;

    private static FormatPreset PresetOf(DiskUnit unit, ProtectionType type)
    {
        var (information, usage) = type switch
        {
            ProtectionType.Type1 => (2, 0),
            ProtectionType.Type2 => (3, 0),
            ProtectionType.Type3 => (3, 1),
            _ => (0, 0),
        };
        return new(IdentifierOf(unit, type), NotZoned, (byte)unit.PhysicalBlockExponent, (uint)unit.BlockLengthBytes,
            unit.CapacityBlocks - 1, (byte)information, (byte)usage);
    }

    // SBC-5, PRESET IDENTIFIER field: the defaults are without protection information, and of certain exponents.
    private static uint IdentifierOf(DiskUnit unit, ProtectionType type) =>
        (type, unit.BlockLengthBytes, unit.PhysicalBlockExponent) switch
        {
            (ProtectionType.Type0, 512, 0 or 3) => Default512,
            (ProtectionType.Type0, 4096, 0) => Default4096,
            _ => VendorSpecific + (uint)type,
        };
}
