using Lunette.DeviceServer.ModePages;
using Lunette.DeviceServer.Nexuses;
using Lunette.Lu.Disk.Protection;
using Lunette.Scsi;

namespace Lunette.Lu.Disk;

/// <content>Protection information: how the disk is formatted, and where it is kept.</content>
public sealed partial class DiskUnit
{
    private ProtectionControl _protectionControl = ProtectionControl.Default;

    /// <summary>How it is formatted with protection information; type 0 also where that is not supported.</summary>
    public ProtectionType ProtectionType => Disk.Protection ?? ProtectionType.Type0;

    internal ProtectionControl ProtectionControl => Volatile.Read(ref _protectionControl);

    /// <summary>Where its protection information is, whether it is formatted with any or not.</summary>
    internal ProtectionArea TagArea => ProtectionArea.For(Disk.LengthBytes, BlockLengthBytes);

    /// <summary>Alignment of requests to the store: so much of protection information is read and written.</summary>
    internal int TagSectorBytes => Store.BlockLengthBytes;

    /// <summary>How long the store of a disk must be, in bytes.</summary>
    public static long StoreBytesOf(DiskOptions options) => options.Protection is null
        ? options.LengthBytes
        : ProtectionArea.StoreBytes(options.LengthBytes, options.BlockLengthBytes);

    /// <summary>FORMAT UNIT has ended: the disk is of that type now. Null, or why it is not remembered.</summary>
    internal string? KeepProtection(ProtectionType type, ItlNexus by)
    {
        if (Disk.Protection == type) return null;
        if (Disk.Marks?.SetProtection(type) is { } reason) return reason;
        Volatile.Write(ref _disk, Disk with { Protection = type });
        ReplaceCommands(RowsOf(Disk));
        EstablishAttention(AdditionalSense.CapacityDataHasChanged, except: by);
        return null;
    }

    private void DecodeProtection()
    {
        if (Disk.Protection is null) return;
        var control = BlockModePages.ProtectionControl;
        var tag = BlockModePages.ApplicationTag;
        Volatile.Write(ref _protectionControl, new ProtectionControl(
            Modes.Read(control, "ATO") == 1,
            Modes.Read(control, "ATMPE") == 1,
            (ushort)Modes.Read(tag, "LOGICAL BLOCK APPLICATION TAG"),
            Modes.Read(control, "RWWP") == 1,
            Modes.Read(control, "DPICZ") == 1));
    }

    // SBC-5, Application Tag mode page: one descriptor for the whole medium, whose count and begin are given.
    private static IEnumerable<ModePage> ProtectionPagesOf(DiskOptions options)
    {
        if (options.Protection is null) return [];
        var last = ((ulong)options.LengthBytes / (ulong)options.BlockLengthBytes) - 1;
        return
        [
            BlockModePages.ProtectionControl,
            BlockModePages.ApplicationTag
                .With("LOGICAL BLOCK COUNT HIGH", (uint)(last >> 32)).With("LOGICAL BLOCK COUNT LOW", (uint)last),
        ];
    }
}
