using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Copying;

/// <summary>An EXTENDED COPY: blocks from disk to disk, segment by segment.</summary>
internal sealed class ExtendedCopy : CopyOperation
{
    // SPC-6, CSCD descriptor IDs: the logical unit that processes the command.
    public const int OwnUnit = 0xFFFF;

    private readonly CopySegment[] _segments;
    private readonly DiskUnit _own;
    private readonly bool _wantsSense;
    private DiskUnit?[] _units;
    private long _done;

    /// <summary>Makes it of what its parameter list says.</summary>
    /// <param name="header">The header.</param>
    /// <param name="units">The disk of each CSCD descriptor; null where the nexus sees none by that name.</param>
    /// <param name="segments">What is to be copied.</param>
    /// <param name="own">The disk the command was sent to.</param>
    public ExtendedCopy(in ExtendedCopyHeader header, DiskUnit?[] units, CopySegment[] segments, DiskUnit own)
    {
        _segments = segments;
        _own = own;
        _wantsSense = header.WantsSense;
        _units = units;
        ListId = header.ListId;
        IsIdentified = header.IsIdentified;
        IsImmediate = header.IsImmediate;
    }

    public override CopyPlan? Next(out CommandOutcome end)
    {
        while (SegmentsDone < _segments.Length)
        {
            var segment = _segments[SegmentsDone];
            if (UnitAt(segment.Source) is not { } source || UnitAt(segment.Destination) is not { } destination)
            {
                end = Aborted(AdditionalSense.CopyTargetDeviceNotReachable);
                return null;
            }
            var length = (long)segment.Blocks << (segment.CountsDestination ? destination : source).BlockShift;
            if (Refusal(segment, source, destination, length) is { } code)
            {
                end = Aborted(code);
                return null;
            }
            if (_done < length)
            {
                end = default;
                return new(source, destination,
                    ((long)segment.SourceLba << source.BlockShift) + _done,
                    ((long)segment.DestinationLba << destination.BlockShift) + _done,
                    (int)Math.Min(CopyLimits.StoreStepBytes, length - _done));
            }
            SegmentsDone++;
            _done = 0;
        }
        end = _wantsSense
            ? CommandOutcome.GoodWith(new Sense(SenseKey.Completed, AdditionalSense.ExtendedCopyInformationAvailable))
            : CommandOutcome.Good;
        return null;
    }

    public override void Advance(int length)
    {
        _done += length;
        base.Advance(length);
    }

    // Busy ends pass, and the initiator tries again; what is wrong with an end stays.
    public override CommandOutcome FailedAt(CopyStep step) =>
        BytesCopied == 0 && step.Status is ScsiStatus.Busy or ScsiStatus.TaskSetFull
            ? CommandOutcome.Busy
            : Aborted(AdditionalSense.ThirdPartyDeviceFailure);

    public override void End(in CommandOutcome outcome)
    {
        base.End(outcome);
        _units = [];
    }

    private DiskUnit? UnitAt(int index) =>
        index == OwnUnit ? _own : index < _units.Length ? _units[index] : null;

    private static AdditionalSense? Refusal(
        in CopySegment segment, DiskUnit source, DiskUnit destination, long length)
    {
        // A segment whose end is inside a block of the other end would need data to fill that block.
        if (((length & (source.BlockLengthBytes - 1)) | (length & (destination.BlockLengthBytes - 1))) != 0)
            return AdditionalSense.UnexpectedInexactSegment;
        return IsWithin(source, segment.SourceLba, length) && IsWithin(destination, segment.DestinationLba, length)
            ? null
            : AdditionalSense.NoAdditionalSenseInformation;
    }

    private static bool IsWithin(DiskUnit unit, ulong lba, long length) =>
        new BlockRange(lba, (uint)(length >> unit.BlockShift)).IsWithin(unit.CapacityBlocks);

    // SPC-4, Errors detected during processing of segment descriptors: COMMAND-SPECIFIC INFORMATION is the segment.
    private CommandOutcome Aborted(AdditionalSense code) => CommandOutcome.Check(new Sense(SenseKey.CopyAborted, code)
    {
        CommandSpecificInformation = (ulong)SegmentsDone,
    });
}

/// <summary>A block to block segment.</summary>
/// <param name="Source">Index of the source's CSCD descriptor.</param>
/// <param name="Destination">Index of the destination's.</param>
/// <param name="CountsDestination">DC: the count is of the destination's blocks.</param>
/// <param name="Blocks">How many.</param>
/// <param name="SourceLba">Where it is read.</param>
/// <param name="DestinationLba">Where it is written.</param>
internal readonly record struct CopySegment(
    int Source, int Destination, bool CountsDestination, int Blocks, ulong SourceLba, ulong DestinationLba);
