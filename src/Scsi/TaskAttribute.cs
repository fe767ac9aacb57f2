namespace Lunette.Scsi;

/// <summary>Task attributes (SAM-6, Task attributes).</summary>
public enum TaskAttribute : byte
{
    /// <summary>May be reordered among other SIMPLE tasks.</summary>
    Simple,

    /// <summary>Waits for all older tasks; all younger ones wait for it.</summary>
    Ordered,

    /// <summary>Runs at once.</summary>
    HeadOfQueue,

    /// <summary>Accepted only from the faulted I_T nexus while an auto contingent allegiance exists.</summary>
    Aca,
}
