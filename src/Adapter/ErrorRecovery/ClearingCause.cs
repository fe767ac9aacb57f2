namespace Lunette.Adapter.ErrorRecovery;

/// <summary>Why commands are ended on a device, and so with what it begins.</summary>
internal enum ClearingCause : byte
{
    None,

    /// <summary>SCIOHALT: an abort message for the command in progress.</summary>
    Halt,

    /// <summary>SCIOLHALT: the task set is aborted.</summary>
    HaltTaskSet,

    /// <summary>A command's time is over.</summary>
    Timeout,

    /// <summary>SCIOLUNRST, SCIOLRESET with its flag.</summary>
    LunReset,

    /// <summary>SCIORESET: bus device reset.</summary>
    TargetReset,

    /// <summary>A bus reset.</summary>
    BusReset,

    /// <summary>SC_CLEAR_ACA; ends no command.</summary>
    ClearAca,
}

/// <summary>The steps of error recovery, mildest first.</summary>
internal enum ClearingStep : byte
{
    Abort,
    LunReset,
    TargetReset,
    EachLunReset,
    BusReset,
}
