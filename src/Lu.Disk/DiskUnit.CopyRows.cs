using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Nexuses;
using Lunette.Lu.Disk.Copying;
using Lunette.Lu.Disk.Tokens;
using Lunette.Scsi;

namespace Lunette.Lu.Disk;

/// <content>The rows of third-party copy, and the VPD page that tells of it.</content>
public sealed partial class DiskUnit
{
    private const uint CopySeconds = 600;

    // The copy manager's own logical unit is reserved like any; the steps are checked at source and destination.
    private static IEnumerable<SupportedCommand> CopyRows() =>
    [
        CopyOut(PrimaryCommands.ExtendedCopyLid1, ReservationAccess.WhenWriting, ExtendedCopyCommand.Lid1,
            CopyLimits.HeaderLengthLid1 + CopyLimits.ListLengthMax),
        CopyOut(PrimaryCommands.ExtendedCopyLid4, ReservationAccess.WhenWriting, ExtendedCopyCommand.Lid4,
            CopyLimits.HeaderLengthLid4 + CopyLimits.ListLengthMax),
        CopyOut(PrimaryCommands.PopulateToken, ReservationAccess.WhenReading, PopulateTokenCommand.PopulateToken,
            PopulateTokenCommand.ListLengthMax),
        CopyOut(PrimaryCommands.WriteUsingToken, ReservationAccess.WhenWriting, WriteUsingTokenCommand.WriteUsingToken,
            WriteUsingTokenCommand.ListLengthMax),
        SupportedCommand.Plain<DiskUnit>(PrimaryCommands.CopyOperationAbort, ReservationAccess.Always,
            CopyStatusCommands.Abort),
        CopyIn(PrimaryCommands.ReceiveCopyStatusLid1, ReceiveCopyCommands.Status),
        CopyIn(PrimaryCommands.ReceiveCopyDataLid1, ReceiveCopyCommands.Data),
        CopyIn(PrimaryCommands.ReceiveCopyOperatingParameters, ReceiveCopyCommands.OperatingParameters),
        CopyIn(PrimaryCommands.ReceiveCopyFailureDetailsLid1, ReceiveCopyCommands.FailureDetails),
        CopyIn(PrimaryCommands.ReceiveCopyStatusLid4, CopyStatusCommands.Status),
        CopyIn(PrimaryCommands.ReceiveCopyDataLid4, CopyStatusCommands.Data),
        CopyIn(PrimaryCommands.ReceiveRodTokenInformation, CopyStatusCommands.RodTokenInformation),
        CopyIn(PrimaryCommands.ReportAllRodTokens, PopulateTokenCommand.ReportAllRodTokens,
            PopulateTokenCommand.TokensLengthMax),
    ];

    /// <inheritdoc/>
    protected override bool UsesAliases(ItlNexus itl) => Copies.UsesAliases(itl.Nexus.Number);

    private static SupportedCommand CopyOut(CommandDescriptor command, ReservationAccess access,
        ParameterListHandler<DiskUnit> handler, int dataLengthMax) =>
        SupportedCommand.DataOut(command, access, handler, dataLengthMax: dataLengthMax).Within(CopySeconds);

    private static SupportedCommand CopyIn(CommandDescriptor command, ParameterDataHandler<DiskUnit> handler,
        int dataLengthMax = SupportedCommand.DataLengthDefault) =>
        SupportedCommand.DataIn(command, ReservationAccess.Always, handler, dataLengthMax: dataLengthMax);

    private void WriteThirdPartyCopy(ref ParameterDataWriter data)
    {
        var at = VpdPage.Begin(ref data, Peripheral, VpdPageCode.ThirdPartyCopy);
        ThirdPartyCopy.WriteBlockDeviceRodLimits(ref data, CopyLimits.RangesMax, CopyLimits.InactivitySecondsMax,
            CopyLimits.InactivitySecondsDefault, (ulong)(CopyLimits.TokenBytesMax >> BlockShift),
            (ulong)(CopyLimits.TokenBytesOptimal >> BlockShift));
        ThirdPartyCopy.WriteSupportedCommands(ref data, [.. Commands.Rows.Select(row => row.Descriptor)
            .Where(row => row.OperationCode is 0x83 or 0x84)]);
        ThirdPartyCopy.WriteParameterData(ref data, CopyLimits.DescriptorsMax, CopyLimits.SegmentsMax,
            CopyLimits.ListLengthMax, maximumInlineDataBytes: 0);
        ThirdPartyCopy.WriteSupportedDescriptors(
            ref data, [.. CopySegment.TypeCodes, IdentificationCscd.TypeCode, AliasCscd.TypeCode]);
        ThirdPartyCopy.WriteSupportedCscdDescriptorIds(ref data, [ExtendedCopy.OwnUnit]);
        ThirdPartyCopy.WriteRodTokenFeatures(ref data, 0, CopyLimits.LifetimeSecondsMax,
            CopyLimits.InactivitySecondsMax, (ulong)CopyLimits.TokenBytesMax, (ulong)CopyLimits.TokenBytesOptimal);
        ThirdPartyCopy.WriteSupportedRodTypes(ref data,
        [
            (RodType.PointInTimeChangeVulnerable, true, true), (RodType.PointInTimeAny, false, true),
            (RodType.BlockDeviceZero, true, false),
        ]);
        ThirdPartyCopy.WriteGeneralCopyOperations(ref data, CopyLimits.ConcurrentMax, CopyLimits.ConcurrentMax,
            CopyLimits.SegmentBytesMax, dataSegmentGranularityLog2: 9, inlineDataGranularityLog2: 0);
        ThirdPartyCopy.WriteHeldData(ref data, heldDataLimitBytes: 0, granularityLog2: 0);
        VpdPage.End(ref data, at);
    }
}
