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
    private bool _isTested;

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
                end = Aborted(AdditionalSense.UnreachableCopyTarget);
                return null;
            }
            if (segment.TryMeasure(source, destination, out var length) is { } code)
            {
                end = Aborted(code);
                return null;
            }
            end = default;
            if (segment.TestsReady && !_isTested) return new(source, destination, 0, 0, 0);
            if (_done < length)
            {
                return new(source, destination,
                    ((long)segment.SourceLba << source.BlockShift) + segment.SourceByte + _done,
                    ((long)segment.DestinationLba << destination.BlockShift) + segment.DestinationByte + _done,
                    (int)Math.Min(CopyLimits.StoreStepBytes, length - _done));
            }
            SegmentsDone++;
            _done = 0;
            _isTested = false;
        }
        end = _wantsSense
            ? CommandOutcome.GoodWith(new Sense(SenseKey.Completed, AdditionalSense.ExtendedCopyInformationAvailable))
            : CommandOutcome.Good;
        return null;
    }

    public override void Advance(int length)
    {
        _done += length;
        _isTested = true;
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

    // SPC-4, Errors detected during processing of segment descriptors: COMMAND-SPECIFIC INFORMATION is the segment.
    private CommandOutcome Aborted(AdditionalSense code) => CommandOutcome.Check(new Sense(SenseKey.CopyAborted, code)
    {
        CommandSpecificInformation = (ulong)SegmentsDone,
    });
}
