using Lunette.Backing;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.ModePages;
using Lunette.Lu.Disk.Atomic;
using Lunette.Lu.Disk.Medium;
using Lunette.Lu.Disk.Provisioning;
using Lunette.Lu.Disk.Streams;
using Lunette.Lu.Disk.Writing;
using Lunette.Scsi;

namespace Lunette.Lu.Disk;

/// <content>INQUIRY data, VPD, mode and log pages of a disk.</content>
public sealed partial class DiskUnit
{
    // A threshold counts sets of 2^exponent blocks: of 1 MiB, whatever the block length.
    private const int ThresholdSetShift = 20;

    private static readonly CommandStep s_cacheFlushed = CacheFlushed;

    // No use wears it out: designed for as much, of reads and writes together, as the page can say: 01h, exabytes (06h)
    // a day (0Ah).
    private static readonly BlockDeviceCharacteristicsExtension s_utilization = new()
    {
        UtilizationType = 0x01,
        UtilizationUnits = 0x06,
        UtilizationInterval = 0x0A,
        UtilizationA = uint.MaxValue,
    };

    /// <inheritdoc/>
    protected override bool IsRemovable => Disk.Removable;

    /// <inheritdoc/>
    protected override StandardInquiryData StandardInquiryData => base.StandardInquiryData with
    {
        RemovableMedium = Disk.Removable,
        ThirdPartyCopy = true,
        Protect = Disk.Protection is not null,
        VersionDescriptors = [.. base.StandardInquiryData.VersionDescriptors, VersionDescriptor.Sbc3],
    };

    /// <inheritdoc/>
    protected override ExtendedInquiryData ExtendedInquiryData => base.ExtendedInquiryData with
    {
        VolatileCache = OpenStore is { } store && (store.Features & StoreFeatures.VolatileCache) != 0,
        // SPT 111b: types 1, 2 and 3.
        SupportedProtectionType = (byte)(Disk.Protection is null ? 0 : 7),
        GuardCheck = Disk.Protection is not null,
        ApplicationTagCheck = Disk.Protection is not null,
        ReferenceTagCheck = Disk.Protection is not null,
        Referrals = true,
        WriteUncorrectable = true,
    };

    /// <inheritdoc/>
    protected override IReadOnlyList<VpdPageCode> OwnVpdPages { get; } =
    [
        VpdPageCode.ThirdPartyCopy, VpdPageCode.BlockLimits,
        VpdPageCode.BlockDeviceCharacteristics, VpdPageCode.LogicalBlockProvisioning, VpdPageCode.Referrals,
        VpdPageCode.SupportedBlockLengthsAndProtectionTypes, VpdPageCode.BlockDeviceCharacteristicsExtension,
        VpdPageCode.BlockLimitsExtension, VpdPageCode.FormatPresets, VpdPageCode.ConcurrentPositioningRanges,
    ];

    /// <inheritdoc/>
    protected override void WriteOwnVpdPage(VpdPageCode page, ref ParameterDataWriter data)
    {
        switch (page)
        {
            case VpdPageCode.ThirdPartyCopy:
                WriteThirdPartyCopy(ref data);
                break;
            case VpdPageCode.BlockLimits:
                BlockLimits.Write(ref data, Peripheral);
                break;
            case VpdPageCode.BlockDeviceCharacteristics:
                // It does not rotate; FUAB: SYNCHRONIZE CACHE and FUA do what SBC-3 and later say.
                // What was erased reads without error, as zeros; unmapped blocks are verified as such.
                new BlockDeviceCharacteristics
                {
                    MediumRotationRate = 1,
                    ForceUnitAccessBehavior = true,
                    VerifyByteCheckUnmapped = true,
                    WriteAfterBlockEraseRequired = 1,
                    WriteAfterCryptographicEraseRequired = 1,
                    BackgroundOperationControl = true,
                }.Write(ref data, Peripheral);
                break;
            case VpdPageCode.SupportedBlockLengthsAndProtectionTypes:
                WriteBlockLengths(ref data);
                break;
            case VpdPageCode.Referrals:
                // A segment is as long as REPORT REFERRALS says.
                new Referrals().Write(ref data, Peripheral);
                break;
            case VpdPageCode.ConcurrentPositioningRanges:
                // One: no part of the medium is served apart from another.
                ConcurrentPositioningRanges.Write(ref data, Peripheral, [new(0, 1, 0, CapacityBlocks)]);
                break;
            case VpdPageCode.FormatPresets:
                FormatPresets.Write(ref data, Peripheral, FormatPresetCommand.PresetsOf(this));
                break;
            case VpdPageCode.BlockDeviceCharacteristicsExtension:
                s_utilization.Write(ref data, Peripheral);
                break;
            case VpdPageCode.BlockLimitsExtension:
                BlockLimitsExtension.Write(ref data, Peripheral);
                break;
            default:
                LogicalBlockProvisioning.Write(ref data, Peripheral);
                break;
        }
    }

    private BlockLimits BlockLimits => new()
    {
        WriteSameNonZero = WriteSameCommands.RefusesNoCount(Disk),
        MaximumCompareAndWriteLength = (byte)Math.Min(255, Blocks(TransferLengthMax / 2)),
        OptimalTransferLengthGranularity = (ushort)(1 << PhysicalBlockExponent),
        MaximumTransferLength = Blocks(TransferLengthMax),
        OptimalTransferLength = Blocks(1 << 20),
        MaximumUnmapLbaCount = UnmapCommand.BlocksMax,
        MaximumUnmapBlockDescriptorCount = (uint)UnmapCommand.DescriptorsMax,
        OptimalUnmapGranularity = 1u << PhysicalBlockExponent,
        UnmapGranularityAlignment = 0u,
        MaximumWriteSameLength = WriteSameCommands.BlocksMax,
        MaximumAtomicTransferLength = Blocks(WriteAtomicCommands.LengthMax),
    };

    // FORMAT UNIT keeps the block length; disks that support protection information have all its types and checks.
    private void WriteBlockLengths(ref ParameterDataWriter data)
    {
        var isProtected = Disk.Protection is not null;
        var length = new SupportedBlockLength(
            (uint)BlockLengthBytes, (byte)(isProtected ? 0x07 : 0), (byte)(isProtected ? 0x0F : 0x01));
        SupportedBlockLengths.Write(ref data, Peripheral, [length]);
    }

    // Streams, and what WRITE SCATTERED takes.
    private BlockLimitsExtension BlockLimitsExtension => new()
    {
        MaximumNumberOfStreams = (ushort)StreamTable.StreamsMax,
        OptimalStreamWriteSize = (ushort)(1 << PhysicalBlockExponent),
        StreamGranularitySize = 1,
        MaximumScatteredLbaRangeTransferLength = Blocks(TransferLengthMax),
        MaximumScatteredLbaRangeDescriptorCount = WriteScatteredCommands.RangesMax,
        MaximumScatteredTransferLength = Blocks(TransferLengthMax),
    };

    private LogicalBlockProvisioning LogicalBlockProvisioning => new()
    {
        ThresholdExponent = (byte)(Disk.Thin ? ThresholdSetShift - _blockShift : 0),
        Unmap = true,
        WriteSame16Unmaps = true,
        WriteSame10Unmaps = true,
        ReadZeros = 1,
        Anchors = !Disk.Thin,
        ProvisioningType = Disk.Thin ? ProvisioningType.Thin : ProvisioningType.Resource,
    };

    private uint Blocks(long bytes) => (uint)Math.Min(uint.MaxValue, bytes >> _blockShift);

    /// <inheritdoc/>
    protected override byte DeviceSpecificParameter
    {
        get
        {
            const byte WriteProtect = 0x80;
            const byte DisablePageOutAndForceUnitAccess = 0x10;
            var isProtected = IsWriteProtected || Control.SoftwareWriteProtect;
            return (byte)(DisablePageOutAndForceUnitAccess | (isProtected ? WriteProtect : 0));
        }
    }

    /// <inheritdoc/>
    protected override void WriteBlockDescriptors(ref ParameterDataWriter data, bool longLba)
    {
        var descriptor = new ModeBlockDescriptor(CapacityBlocks, (uint)BlockLengthBytes);
        if (longLba) descriptor.WriteLong(ref data);
        else descriptor.WriteShort(ref data);
    }

    private static IReadOnlyList<ModePage> PagesOf(DiskOptions options)
    {
        var caching = BlockModePages.Caching.With("WCE", options.WriteCacheDisabled ? 0u : 1);
        IReadOnlyList<ModePage> pages =
        [
            BlockModePages.ReadWriteErrorRecovery, BlockModePages.VerifyErrorRecovery, caching,
            BlockModePages.CommandDurationLimitA, BlockModePages.CommandDurationLimitB,
            BlockModePages.IoAdviceHintsGrouping, BlockModePages.BackgroundControl,
            BlockModePages.BackgroundOperationControl,
            .. ProtectionPagesOf(options),
        ];
        if (!options.Thin) return pages;
        var provisioning = BlockModePages.LogicalBlockProvisioning
            .With("ENABLED", options.ThresholdBytes > 0 ? 1u : 0)
            .With("THRESHOLD COUNT", ThresholdCount(options.ThresholdBytes));
        return [.. pages, provisioning];
    }

    private static uint ThresholdCount(long bytes) => (uint)Math.Min(uint.MaxValue, bytes >> ThresholdSetShift);

    private void SetThreshold(long bytes)
    {
        if (!Disk.Thin) return;
        SetModeField(BlockModePages.LogicalBlockProvisioning, "THRESHOLD COUNT", ThresholdCount(bytes));
        SetModeField(BlockModePages.LogicalBlockProvisioning, "ENABLED", bytes > 0 ? 1u : 0);
    }

    /// <inheritdoc/>
    protected override void ModeValuesReplaced() => DecodeModes();

    private void DecodeModes()
    {
        Volatile.Write(ref _writeCache, Modes.Read(BlockModePages.Caching, "WCE") == 1);
        var provisioning = BlockModePages.LogicalBlockProvisioning;
        var watched = Disk.Thin && Modes.Read(provisioning, "ENABLED") == 1;
        var count = watched ? (long)Modes.Read(provisioning, "THRESHOLD COUNT") : 0;
        Volatile.Write(ref _thresholdBytes, count << ThresholdSetShift);
        DecodeProtection();
    }

    /// <inheritdoc/>
    /// <remarks>A cache that was switched off is flushed before MODE SELECT ends: from then on nothing answered is
    /// volatile.</remarks>
    protected override void ModePagesChanged(TaskContext command, CommandStep settled)
    {
        if (WriteCacheEnabled || !HasVolatileCache) settled(this, command);
        else FlushThen((DiskTask)command, settled);
    }

    /// <inheritdoc/>
    protected override void FlushBeforeStop(TaskContext command, CommandStep stopped) =>
        FlushThen((DiskTask)command, stopped);

    private static void FlushThen(DiskTask task, CommandStep next)
    {
        task.Notes = next;
        task.Ask(StoreOperation.Flush, 0, 0);
        task.Go(s_cacheFlushed);
    }

    private static void CacheFlushed(EmulatedUnit unit, TaskContext command)
    {
        var task = (DiskTask)command;
        var next = (CommandStep)task.Notes!;
        task.Notes = null;
        if (task.Request.Result == StoreResult.Ok) next(unit, command);
        else task.End(task.Unit.OutcomeOf(task.Request));
    }
}
