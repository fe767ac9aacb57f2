namespace Lunette.Stmf.Contracts.Tasks;

/// <summary>What a task waits for, where its time is to be told apart.</summary>
public enum TaskWait : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Other tasks: its turn in the task set, or blocks they work on.</summary>
    Queue,

    /// <summary>Data-Out of its initiator.</summary>
    DataOut,

    /// <summary>The store, which could not answer at once.</summary>
    Store,
}
