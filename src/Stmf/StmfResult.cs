namespace Lunette.Stmf;

/// <summary>Why the framework refused something. Each is one of libstmf's codes or folds into one.</summary>
public enum Refusal : byte
{
    /// <summary>Nothing was refused.</summary>
    None,

    /// <summary>A transition is running, the configuration is being loaded, or something is still in use.</summary>
    Busy,

    /// <summary>The object does not exist.</summary>
    NotFound,

    /// <summary>The name is not a member of the group.</summary>
    MemberNotFound,

    /// <summary>The group does not exist.</summary>
    GroupNotFound,

    /// <summary>An argument is outside its rules.</summary>
    InvalidArgument,

    /// <summary>A group name that begins with <c>*</c>, which is the framework's own.</summary>
    ReservedName,

    /// <summary>The name, member, port or index is there already.</summary>
    Exists,

    /// <summary>The service is online, or not offline as the operation wants it.</summary>
    ServiceOnline,

    /// <summary>The service is offline.</summary>
    ServiceOffline,

    /// <summary>A view entry refers to the group.</summary>
    GroupInUse,

    /// <summary>The LUN is taken in an overlapping mapping.</summary>
    LunInUse,

    /// <summary>All 16384 LUNs of the overlapping mappings are taken.</summary>
    NoFreeLun,

    /// <summary>The logical unit has an overlapping view entry already.</summary>
    ViewEntryConflict,

    /// <summary>No configuration is loaded.</summary>
    ConfigurationNone,

    /// <summary>The host group a view entry names does not exist.</summary>
    InvalidHostGroup,

    /// <summary>The target group a view entry names does not exist.</summary>
    InvalidTargetGroup,

    /// <summary>The provider data have changed since the token was given out.</summary>
    ProviderDataStale,

    /// <summary>The target must be offline for a change of its target group.</summary>
    TargetOnline,

    /// <summary>A logical unit with this identity is registered already.</summary>
    LogicalUnitExists,

    /// <summary>A bound of the framework is reached.</summary>
    LimitReached,

    /// <summary>The configuration store failed; nothing was changed.</summary>
    StoreFailed,

    /// <summary>The stored configuration is of a version this program does not know.</summary>
    StoreVersion,

    /// <summary>A transition ended somewhere else than wished.</summary>
    TransitionFailed,
}

/// <summary>What became of an operation: done (or accepted), or refused with nothing changed.</summary>
/// <param name="Refusal">Why not; <see cref="Refusal.None"/> when done.</param>
/// <param name="Detail">For people, when refused: the thing and the rule.</param>
public readonly record struct StmfResult(Refusal Refusal, string? Detail)
{
    /// <summary>Done, or accepted.</summary>
    public static StmfResult Success => default;

    /// <summary>Whether it was done or accepted.</summary>
    public bool Succeeded => Refusal == Refusal.None;

    /// <summary>Refused, nothing changed.</summary>
    public static StmfResult Refused(Refusal refusal, string detail) => new(refusal, detail);

    /// <summary>For people.</summary>
    public override string ToString() => Succeeded ? "success" : $"{Refusal}: {Detail}";
}

/// <summary>What became of an operation that answers with a value.</summary>
/// <typeparam name="T">The answer.</typeparam>
/// <param name="Value">The answer; meaningful when it succeeded.</param>
/// <param name="Outcome">Done, or refused.</param>
public readonly record struct StmfResult<T>(T Value, StmfResult Outcome)
{
    /// <summary>Whether it was done.</summary>
    public bool Succeeded => Outcome.Succeeded;

    /// <summary>Why not.</summary>
    public Refusal Refusal => Outcome.Refusal;

    /// <summary>Done, with the answer.</summary>
    public static StmfResult<T> Success(T value) => new(value, StmfResult.Success);

    /// <summary>Refused, nothing changed.</summary>
    public static StmfResult<T> Refused(StmfResult outcome) => new(default!, outcome);

    /// <summary>Refused, nothing changed.</summary>
    public static StmfResult<T> Refused(Refusal refusal, string detail) => new(default!, new(refusal, detail));

    /// <summary>For people.</summary>
    public override string ToString() => Succeeded ? $"{Value}" : Outcome.ToString();
}
