using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Atomic;
using Lunette.Lu.Disk.Background;
using Lunette.Lu.Disk.Cache;
using Lunette.Lu.Disk.Elements;
using Lunette.Lu.Disk.Medium;
using Lunette.Lu.Disk.Provisioning;
using Lunette.Lu.Disk.Reading;
using Lunette.Lu.Disk.Streams;
using Lunette.Lu.Disk.Uncorrectable;
using Lunette.Lu.Disk.Writing;
using Lunette.Scsi;

namespace Lunette.Lu.Disk;

/// <content>The rows: what the disk does with each command.</content>
public sealed partial class DiskUnit
{
    // Fields of the standard that this disk has no use for, and so refuses. GROUP NUMBER is taken and means nothing:
    // grouping only counts, and initiators (libiscsi's suite among them) set it without asking for GROUP_SUP.
    private static readonly string[] s_unused =
        ["RDPROTECT", "WRPROTECT", "VRPROTECT", "ORPROTECT", "RARC", "ZNR"];

    // Timeouts of what takes longer than a transfer, in seconds.
    private const uint ManyBlocksSeconds = 120;
    private const uint WholeMediumSeconds = 24 * 3600;

    // SBC-5: READ (32) and most of its like are processed only if type 2 protection is enabled; a disk without has no
    // command of 32 bytes at all.
    private const byte VariableLengthCdb = 0x7F;

    private static readonly CommandTable<SupportedCommand> s_rows = TableOf([.. Short(AllRows())]);

    private static CommandTable<SupportedCommand> RowsOf(DiskOptions options) =>
        options.Protection is null ? s_rows : ProtectedRowsOf(options);

    private static IEnumerable<SupportedCommand> AllRows() => [.. CommonRows(), .. ProvisioningRows()];

    private static IEnumerable<SupportedCommand> Short(IEnumerable<SupportedCommand> rows) =>
        rows.Where(row => row.Descriptor.OperationCode != VariableLengthCdb);

    private static IEnumerable<SupportedCommand> CommonRows() =>
    [
        .. Reads(ReadCommands.Read, BlockCommands.Read6, BlockCommands.Read10, BlockCommands.Read12,
            BlockCommands.Read16, BlockCommands.Read32),
        .. Reads(ReadCommands.PreFetch, BlockCommands.PreFetch10, BlockCommands.PreFetch16),
        .. Reads(VerifyCommands.Verify, BlockCommands.Verify10, BlockCommands.Verify12, BlockCommands.Verify16,
            BlockCommands.Verify32).Select(row => row.Verifying()),
        .. Writes(WriteCommands.Write, BlockCommands.Write6, BlockCommands.Write10, BlockCommands.Write12,
            BlockCommands.Write16, BlockCommands.Write32),
        .. Writes(WriteCommands.WriteAndVerify, BlockCommands.WriteAndVerify10, BlockCommands.WriteAndVerify12,
            BlockCommands.WriteAndVerify16, BlockCommands.WriteAndVerify32),
        .. Writes(WriteSameCommands.WriteSame, BlockCommands.WriteSame10, BlockCommands.WriteSame16,
            BlockCommands.WriteSame32),
        .. Writes(WriteScatteredCommands.WriteScattered, BlockCommands.WriteScattered16,
            BlockCommands.WriteScattered32),
        .. Writes(SynchronizeCacheCommands.SynchronizeCache, BlockCommands.SynchronizeCache10,
            BlockCommands.SynchronizeCache16),
        .. Writes(WriteLongCommand.WriteLong, BlockCommands.WriteLong10, BlockCommands.WriteLong16),
        .. Atomics(CompareAndWriteCommand.CompareAndWrite, BlockCommands.CompareAndWrite),
        .. Atomics(OrWriteCommand.OrWrite, BlockCommands.OrWrite16, BlockCommands.OrWrite32),
        .. Atomics(WriteAtomicCommands.WriteAtomic, BlockCommands.WriteAtomic16, BlockCommands.WriteAtomic32),
        SupportedCommand.Plain<DiskUnit>(BlockCommands.FormatUnit, ReservationAccess.WhenWriting,
            FormatCommands.FormatUnit, ordering: Ordering.Exclusive).Within(WholeMediumSeconds),
        SupportedCommand.Plain<DiskUnit>(BlockCommands.FormatWithPreset, ReservationAccess.WhenWriting,
            FormatPresetCommand.FormatWithPreset, ordering: Ordering.Exclusive).Within(WholeMediumSeconds),
        SupportedCommand.Plain<DiskUnit>(BlockCommands.ReassignBlocks, ReservationAccess.WhenWriting,
            FormatCommands.ReassignBlocks, ordering: Ordering.MediumWrite),
        SupportedCommand.DataOut<DiskUnit>(Narrowed(BlockCommands.SanitizeOverwrite), ReservationAccess.WhenWriting,
            SanitizeCommands.Overwrite, Conditions.Formatting | Conditions.Sanitizing, Ordering.Exclusive,
            dataLengthMax: DiskOptions.BlockLengthMax + sizeof(int)).Within(WholeMediumSeconds),
        .. Sanitizes(SanitizeCommands.Erase, BlockCommands.SanitizeBlockErase,
            BlockCommands.SanitizeCryptographicErase),
        .. Sanitizes(SanitizeCommands.ExitFailureMode, BlockCommands.SanitizeExitFailureMode),
        .. CopyRows(),
        SupportedCommand.Plain<DiskUnit>(BlockCommands.ReadCapacity10, ReservationAccess.Always,
            CapacityCommands.ReadCapacity10, Conditions.Sanitizing),
        SupportedCommand.DataIn<DiskUnit>(BlockCommands.ReadCapacity16, ReservationAccess.Always,
            CapacityCommands.ReadCapacity16, Conditions.Sanitizing),
        SupportedCommand.DataIn<DiskUnit>(BlockCommands.ReportReferrals, ReservationAccess.Always,
            ReferralCommand.ReportReferrals),
        SupportedCommand.DataIn<DiskUnit>(BlockCommands.GetPhysicalElementStatus, ReservationAccess.WhenReading,
            ElementCommands.Status),
        SupportedCommand.Plain<DiskUnit>(BlockCommands.RemoveElementAndTruncate, ReservationAccess.WhenWriting,
            ElementCommands.Remove),
        SupportedCommand.Plain<DiskUnit>(BlockCommands.RestoreElementsAndRebuild, ReservationAccess.WhenWriting,
            ElementCommands.Restore),
        SupportedCommand.DataIn<DiskUnit>(BlockCommands.ReadDefectData10, ReservationAccess.WhenReading,
            CapacityCommands.ReadDefectData10),
        SupportedCommand.DataIn<DiskUnit>(BlockCommands.ReadDefectData12, ReservationAccess.WhenReading,
            CapacityCommands.ReadDefectData12),
    ];

    private static IEnumerable<SupportedCommand> ProvisioningRows() =>
    [
        SupportedCommand.DataOut<DiskUnit>(BlockCommands.Unmap, ReservationAccess.WhenWriting, UnmapCommand.Unmap,
            ordering: Ordering.MediumWrite, dataLengthMax: UnmapCommand.ListLengthMax).Within(ManyBlocksSeconds),
        .. Reads(LbaStatusCommands.GetLbaStatus, BlockCommands.GetLbaStatus16, BlockCommands.GetLbaStatus32),
        SupportedCommand.DataIn<DiskUnit>(BlockCommands.ReportProvisioningInitializationPattern,
            ReservationAccess.Always, CapacityCommands.ReportProvisioningInitializationPattern,
            dataLengthMax: DiskOptions.BlockLengthMax),
        .. Writes(StreamCommands.Write, BlockCommands.WriteStream16, BlockCommands.WriteStream32),
        SupportedCommand.DataIn<DiskUnit>(BlockCommands.StreamControl, ReservationAccess.WhenWriting,
            StreamCommands.Control),
        SupportedCommand.DataIn<DiskUnit>(BlockCommands.GetStreamStatus, ReservationAccess.WhenReading,
            StreamCommands.Status),
        SupportedCommand.Plain<DiskUnit>(BlockCommands.BackgroundControl, ReservationAccess.WhenWriting,
            BackgroundControlCommand.BackgroundControl),
    ];

    private static IEnumerable<SupportedCommand> Reads(
        CommandHandler<DiskUnit> handler, params IReadOnlyList<CommandDescriptor> commands) =>
        commands.Select(c => Row(c, ReservationAccess.WhenReading, handler, Ordering.MediumRead));

    private static IEnumerable<SupportedCommand> Writes(
        CommandHandler<DiskUnit> handler, params IReadOnlyList<CommandDescriptor> commands) =>
        commands.Select(c => Row(c, ReservationAccess.WhenWriting, handler, Ordering.MediumWrite));

    private static IEnumerable<SupportedCommand> Atomics(
        CommandHandler<DiskUnit> handler, params IReadOnlyList<CommandDescriptor> commands) =>
        commands.Select(c => Row(c, ReservationAccess.WhenWriting, handler, Ordering.MediumAtomic));

    // Not ready because a sanitize operation failed is no reason to refuse the next one.
    private static IEnumerable<SupportedCommand> Sanitizes(
        CommandHandler<DiskUnit> handler, params IReadOnlyList<CommandDescriptor> commands) =>
        commands.Select(c => SupportedCommand.Plain(Narrowed(c), ReservationAccess.WhenWriting, handler,
            Conditions.Formatting | Conditions.Sanitizing, Ordering.Exclusive).Within(WholeMediumSeconds));

    private static SupportedCommand Row(CommandDescriptor command, ReservationAccess access,
        CommandHandler<DiskUnit> handler, Ordering ordering) =>
        SupportedCommand.Plain(Narrowed(command), access, handler, ordering: ordering);

    private static CommandDescriptor Narrowed(CommandDescriptor command) => Narrowed(command, s_unused);

    private static CommandDescriptor Narrowed(CommandDescriptor command, string[] unused) =>
        command.Without([.. unused.Where(name => command.Layout.Find(name) is not null)]);
}
