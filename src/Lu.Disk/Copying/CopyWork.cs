namespace Lunette.Lu.Disk.Copying;

/// <summary>A copy in progress, and the memory it keeps between its steps; kept by its task for the next one.</summary>
internal sealed class CopyWork(DiskTask task)
{
    /// <summary>What is asked for and how far it is.</summary>
    public CopyOperation Operation { get; } = new();

    /// <summary>The READ or WRITE it is at.</summary>
    public CopyStep Step { get; } = new(task);

    /// <summary>What the step is about.</summary>
    public CopyPlan Now { get; set; }

    /// <summary>The command has ended: lets go of what was read and not written.</summary>
    public void End()
    {
        if (Step.Read.Count > 0) Step.Read.Release();
        task.Unit.Copies.End(task.Task.Nexus.Number, Operation);
    }
}

/// <summary>One step: what is read and where it is written.</summary>
/// <param name="Source">The disk that is read.</param>
/// <param name="Destination">The disk that is written.</param>
/// <param name="SourceOffset">Where, in bytes.</param>
/// <param name="DestinationOffset">Where, in bytes.</param>
/// <param name="Length">How much, in bytes; zero at the end of a segment.</param>
internal readonly record struct CopyPlan(
    DiskUnit Source, DiskUnit Destination, long SourceOffset, long DestinationOffset, int Length);
