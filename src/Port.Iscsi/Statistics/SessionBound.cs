namespace Lunette.Port.Iscsi.Statistics;

/// <summary>A bound of a session or of its connection that its initiator ran into; the connection stays.</summary>
public enum SessionBound
{
    /// <summary>A command outside the command window was ignored.</summary>
    Commands,

    /// <summary>A command for immediate delivery was rejected.</summary>
    ImmediateCommands,

    /// <summary>A task management function was rejected.</summary>
    TaskManagement,

    /// <summary>A write was ended for more unsolicited data, or a longer burst, than was agreed on.</summary>
    Burst,
}
