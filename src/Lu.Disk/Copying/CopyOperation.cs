using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Copying;

/// <summary>
/// One third-party copy: what it is to do next, and how it stands. The task that carries it out changes it, on its own
/// loop; others read how it stands.
/// </summary>
internal abstract class CopyOperation
{
    private volatile bool _abortRequested;

    /// <summary>SERVICE ACTION of the command that began it.</summary>
    public required byte ServiceAction { get; init; }

    /// <summary>It refers to aliases of the nexus.</summary>
    public bool UsesAliases { get; init; }

    /// <summary>LIST IDENTIFIER.</summary>
    public uint ListId { get; protected init; }

    /// <summary>Whether the list identifier is one by which others ask for it.</summary>
    public bool IsIdentified { get; protected init; } = true;

    /// <summary>IMMED: its command ends when the parameter list has been found in order.</summary>
    public bool IsImmediate { get; protected init; }

    /// <summary>Its command has ended, and it goes on.</summary>
    public bool IsInBackground { get; set; }

    /// <summary>Whether its counts are of logical blocks rather than bytes.</summary>
    public virtual bool CountsBlocks => false;

    /// <summary>Segments, or ranges, that are done.</summary>
    public int SegmentsDone { get; protected set; }

    /// <summary>Bytes copied in all.</summary>
    public ulong BytesCopied { get; protected set; }

    /// <summary>Steps done; OPERATION COUNTER.</summary>
    public ushort StepsDone { get; private set; }

    /// <summary>The token it has made; empty where it makes none or has not yet.</summary>
    public ReadOnlyMemory<byte> Token { get; set; }

    /// <summary>How it ended; pending while it goes on.</summary>
    public CommandOutcome Outcome { get; private set; } = CommandOutcome.Pending;

    /// <summary>It was given up: COPY OPERATION ABORT, a task management function, the loss of its nexus.</summary>
    public bool WasTerminated { get; private set; }

    /// <summary>COPY OPERATION ABORT: it ends after the step it is at.</summary>
    public bool AbortRequested
    {
        get => _abortRequested;
        set => _abortRequested = value;
    }

    /// <summary>COPY OPERATION STATUS.</summary>
    public CopyOperationStatus Status
    {
        get
        {
            if (WasTerminated) return CopyOperationStatus.Terminated;
            if (Outcome.IsPending)
                return IsInBackground ? CopyOperationStatus.InBackground : CopyOperationStatus.InForeground;
            if (Outcome.Status != ScsiStatus.Good) return CopyOperationStatus.CompletedWithErrors;
            return IsPartial ? CopyOperationStatus.CompletedPartially : CopyOperationStatus.Completed;
        }
    }

    /// <summary>It has ended well with less than was asked for.</summary>
    protected virtual bool IsPartial => false;

    /// <summary>What is to be done next; null with how the copy ends when that is nothing.</summary>
    public abstract CopyPlan? Next(out CommandOutcome end);

    /// <summary>Whether a store may carry out a step: nothing has to be looked at between read and write.</summary>
    public virtual bool SuitsStore(in CopyPlan plan) => true;

    /// <summary>Whether what was just read is still what is to be copied.</summary>
    public virtual bool TryConfirm(out CommandOutcome refusal)
    {
        refusal = default;
        return true;
    }

    /// <summary>A step of so many bytes is done.</summary>
    public virtual void Advance(int length)
    {
        BytesCopied += (ulong)length;
        StepsDone++;
    }

    /// <summary>How the copy ends when a step of it has failed.</summary>
    public abstract CommandOutcome FailedAt(CopyStep step);

    /// <summary>It has ended.</summary>
    public virtual void End(in CommandOutcome outcome) => Outcome = outcome;

    /// <summary>It has been given up.</summary>
    public void Terminate()
    {
        WasTerminated = true;
        End(CommandOutcome.Of(ScsiStatus.TaskAborted));
    }
}
