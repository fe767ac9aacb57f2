using Lunette.Runtime.Buffers;

namespace Lunette.Lu.Disk.Copying;

/// <summary>What a task keeps to carry out copies: the steps it sends, reused, and the copy it is at.</summary>
internal sealed class CopyWork
{
    private readonly DiskTask _task;

    public CopyWork(DiskTask task)
    {
        _task = task;
        Step = new CopyStep(task);
        Taker = new CopyStep(task);
        Store = new StoreCopy(Step, Taker);
    }

    /// <summary>What is asked for and how far it is.</summary>
    public CopyOperation Operation { get; private set; } = null!;

    /// <summary>The READ or WRITE it is at, or the READ that lends.</summary>
    public CopyStep Step { get; }

    /// <summary>The WRITE that takes what is lent.</summary>
    public CopyStep Taker { get; }

    /// <summary>The block of which the step writes a part.</summary>
    public LeaseList Part { get; } = new();

    /// <summary>How stores copy by themselves.</summary>
    public StoreCopy Store { get; }

    /// <summary>What the step is about.</summary>
    public CopyPlan Now { get; set; }

    /// <summary>A copy has been admitted.</summary>
    public void Begin(CopyOperation operation)
    {
        Operation = operation;
        Store.Reset();
    }

    /// <summary>Lets go of what was read.</summary>
    public void Release()
    {
        if (Step.Read.Count > 0) Step.Read.Release();
        if (Part.Count > 0) Part.Release();
    }

    /// <summary>The command has ended: lets go of what was read and not written.</summary>
    public void End()
    {
        Release();
        if (Operation.Outcome.IsPending) Operation.Terminate();
        _task.Unit.Copies.End(_task.Task.Nexus.Number, Operation);
    }
}
