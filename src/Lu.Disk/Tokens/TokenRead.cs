using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Copying;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tokens;

/// <summary>A POPULATE TOKEN: nothing is copied; it is done when the blocks are still.</summary>
internal sealed class TokenRead : CopyOperation
{
    /// <summary>Makes it of what its parameter list says.</summary>
    public TokenRead(uint listId, bool immediate, BlockRange[] ranges, uint inactivitySeconds)
    {
        ListId = listId;
        IsImmediate = immediate;
        Ranges = ranges;
        InactivitySeconds = inactivitySeconds;
    }

    /// <summary>The blocks.</summary>
    public BlockRange[] Ranges { get; }

    /// <summary>INACTIVITY TIMEOUT in seconds.</summary>
    public uint InactivitySeconds { get; }

    /// <summary>The token, once it is made.</summary>
    public RodTokenEntry? Made { get; set; }

    public override bool CountsBlocks => true;

    /// <summary>The next range whose commands in progress are to be waited for; null when there is none.</summary>
    public BlockRange? NextRange
    {
        get
        {
            while (SegmentsDone < Ranges.Length && Ranges[SegmentsDone].IsEmpty) SegmentsDone++;
            return SegmentsDone < Ranges.Length ? Ranges[SegmentsDone] : null;
        }
    }

    /// <summary>Nobody who came before the token is at work on the range.</summary>
    public void RangeIsStill(long length)
    {
        SegmentsDone++;
        Advance(length: 0);
        BytesCopied += (ulong)length;
    }

    public override CopyPlan? Next(out CommandOutcome end)
    {
        end = CommandOutcome.Good;
        return null;
    }

    public override CommandOutcome FailedAt(CopyStep step) => CommandOutcome.Busy;

    public override void End(in CommandOutcome outcome)
    {
        base.End(outcome);
        if (outcome.Status == ScsiStatus.Good) Token = Made!.Bytes;
        else Made?.Unit.Tokens.Cancel(Made);
    }
}
