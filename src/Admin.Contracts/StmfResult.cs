namespace Lunette.Admin.Contracts;

/// <summary>What a verb came to.</summary>
/// <param name="Status">The code.</param>
/// <param name="Detail">For people, where more is known than the code says: the thing, the cause and what to
/// do.</param>
public readonly record struct StmfResult(StmfStatus Status, string? Detail = null)
{
    /// <summary>Done.</summary>
    public static StmfResult Success => default;

    /// <summary>Whether it was done (or accepted).</summary>
    public bool Succeeded => Status == StmfStatus.Success;

    /// <summary>A bare code is a result.</summary>
    public static implicit operator StmfResult(StmfStatus status) => new(status);

    /// <summary>A bare code is a result.</summary>
    public static StmfResult FromStmfStatus(StmfStatus status) => new(status);

    /// <summary>The detail where there is one, else what the code means.</summary>
    public override string ToString() => Detail ?? StmfStatusRow.Of(Status).Meaning;
}

/// <summary>What a verb that answers with something came to.</summary>
/// <typeparam name="T">What it answers with.</typeparam>
/// <param name="Status">The code.</param>
/// <param name="Value">The answer; without meaning unless the status is success or the verb says otherwise.</param>
/// <param name="Detail">For people, where more is known than the code says.</param>
public readonly record struct StmfResult<T>(StmfStatus Status, T? Value = default, string? Detail = null)
{
    /// <summary>Whether it was done.</summary>
    public bool Succeeded => Status == StmfStatus.Success;

    /// <summary>The result without the answer.</summary>
    public StmfResult WithoutValue => new(Status, Detail);

    /// <summary>The answer of a verb that succeeded.</summary>
    /// <exception cref="StmfException">It did not.</exception>
    public T Required => Succeeded ? Value! : throw new StmfException(WithoutValue);

    /// <summary>A bare code is a result without an answer.</summary>
    public static implicit operator StmfResult<T>(StmfStatus status) => new(status);

    /// <summary>An answer is a success.</summary>
    public static implicit operator StmfResult<T>(T value) => new(StmfStatus.Success, value);

    /// <summary>A failure is a failure whatever the answer would have been.</summary>
    public static implicit operator StmfResult<T>(StmfResult failure) =>
        new(failure.Status, default, failure.Detail);

    /// <summary>The detail where there is one, else what the code means.</summary>
    public override string ToString() => WithoutValue.ToString();
}

/// <summary>
/// Thrown only by <see cref="StmfResult{T}.Required"/>, where a program has no other answer to a failure.
/// </summary>
/// <param name="result">The failure.</param>
public sealed class StmfException(StmfResult result)
    : Exception($"{StmfStatusRow.Of(result.Status).CName}: {result}")
{
    /// <summary>The failure.</summary>
    public StmfResult Result { get; } = result;
}
