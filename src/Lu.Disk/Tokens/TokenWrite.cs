using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Copying;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tokens;

/// <summary>A WRITE USING TOKEN: what a token stands for, from an offset on, into ranges of a disk.</summary>
internal sealed class TokenWrite : CopyOperation
{
    private readonly DiskUnit _destination;
    private readonly BlockRange[] _ranges;
    private readonly RodTokenEntry? _token;     // null: zeros
    private readonly bool _deletes;
    private readonly long _length;
    private readonly long _data;                // of it, what comes from the token
    private readonly bool _isPartial;
    private long _inRange;
    private int _sourceRange;
    private long _inSourceRange;

    /// <summary>Makes it of what its parameter list says; the token counts it as a user until it ends.</summary>
    public TokenWrite(uint listId, DiskUnit destination, BlockRange[] ranges, in TokenUse use)
    {
        ListId = listId;
        IsImmediate = use.IsImmediate;
        _destination = destination;
        _ranges = ranges;
        _token = use.Token;
        _deletes = use.Deletes;
        var wanted = RangeList.LengthOf(ranges, destination);
        _data = _token is null ? 0 : _token.LengthBytes - use.OffsetBytes;
        _isPartial = _token is not null && _data < wanted;
        // SBC-5: where the token ends inside a block that is written, the rest of the block becomes zeros.
        var block = destination.BlockLengthBytes;
        _length = _isPartial ? Math.Min(wanted, (_data + block - 1) & -block) : wanted;
        if (_token is not null) SkipSource(use.OffsetBytes);
    }

    public override bool CountsBlocks => true;

    protected override bool IsPartial => _isPartial;

    public override CopyPlan? Next(out CommandOutcome end)
    {
        end = CommandOutcome.Good;
        var left = _length - (long)BytesCopied;
        if (left == 0) return null;
        var range = SkipDestination();
        var step = Math.Min(left, ((long)range.Count << _destination.BlockShift) - _inRange);
        var destination = ((long)range.Lba << _destination.BlockShift) + _inRange;
        step = Math.Min(step, CopyLimits.StoreStepBytes);
        var data = _data - (long)BytesCopied;
        if (_token is null || data <= 0) return new(null, _destination, 0, destination, (int)step);
        step = Math.Min(step, data);
        if (!TryConfirm(out end)) return null;
        SkipSource(0);
        var source = _token.Ranges[_sourceRange];
        step = Math.Min(step, ((long)source.Count << _token.Unit.BlockShift) - _inSourceRange);
        return new(_token.Unit, _destination, ((long)source.Lba << _token.Unit.BlockShift) + _inSourceRange,
            destination, (int)step);
    }

    // A step that writes into what the token stands for ends it: what was read before is still good.
    public override bool SuitsStore(in CopyPlan plan) =>
        _token!.Unit != plan.Destination || !_token.Touches(plan.DestinationOffset, plan.Length);

    public override bool TryConfirm(out CommandOutcome refusal)
    {
        refusal = default;
        if (_token is null || _token.IsGood) return true;
        refusal = Sense.Illegal(_token.EndedBy);
        return false;
    }

    public override void Advance(int length)
    {
        _inRange += length;
        _inSourceRange += length;
        base.Advance(length);
        if ((long)BytesCopied == _length) _ = SkipDestination();
    }

    // What refuses the source or the destination refuses the command.
    public override CommandOutcome FailedAt(CopyStep step) => Sense.TryParse(step.Sense, out var sense)
        ? CommandOutcome.Check(sense)
        : CommandOutcome.Of(step.Status == ScsiStatus.Good ? ScsiStatus.Busy : step.Status);

    public override void End(in CommandOutcome outcome)
    {
        base.End(outcome);
        _token?.Unit.Tokens.Release(_token, _deletes && outcome.Status == ScsiStatus.Good);
    }

    // The range that is written next; past those that are done or empty.
    private BlockRange SkipDestination()
    {
        for (; SegmentsDone < _ranges.Length; SegmentsDone++, _inRange = 0)
        {
            var range = _ranges[SegmentsDone];
            if (_inRange < (long)range.Count << _destination.BlockShift) return range;
        }
        return default;
    }

    private void SkipSource(long bytes)
    {
        _inSourceRange += bytes;
        while (_sourceRange < _token!.Ranges.Length)
        {
            var length = (long)_token.Ranges[_sourceRange].Count << _token.Unit.BlockShift;
            if (_inSourceRange < length) return;
            _inSourceRange -= length;
            _sourceRange++;
        }
    }
}

/// <summary>How a WRITE USING TOKEN uses a token.</summary>
/// <param name="Token">The token, which counts this as a user; null for zeros.</param>
/// <param name="OffsetBytes">Where in what it stands for the data begin.</param>
/// <param name="Deletes">DEL_TKN: it is good no more when the command has succeeded.</param>
/// <param name="IsImmediate">IMMED.</param>
internal readonly record struct TokenUse(RodTokenEntry? Token, long OffsetBytes, bool Deletes, bool IsImmediate);
