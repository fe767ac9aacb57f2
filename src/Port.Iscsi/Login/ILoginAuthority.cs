using Lunette.Iscsi;

namespace Lunette.Port.Iscsi.Login;

/// <summary>Who may log in, and how they prove who they are. The composition root supplies it; it may ask elsewhere and
/// take its time, within the login's deadline.</summary>
public interface ILoginAuthority
{
    /// <summary>
    /// What the initiator has to prove; null when it may not log in at all.
    /// </summary>
    /// <param name="identity">Who says it is logging in.</param>
    /// <param name="target">Where to; null in a discovery session.</param>
    /// <param name="stop">The connection is gone or its time is over.</param>
    ValueTask<TargetAuthenticationTerms?> AuthorizeAsync(
        LoginIdentity identity, IscsiTargetPort? target, CancellationToken stop);

    /// <summary>
    /// Judges a CHAP response, where the terms name somebody whose responses are judged here. Who names nobody need not
    /// have a judge.
    /// </summary>
    /// <param name="proof">What the initiator answered.</param>
    /// <param name="stop">The connection is gone or its time is over.</param>
    ValueTask<ChapJudgement> JudgeAsync(ChapProof proof, CancellationToken stop) =>
        ValueTask.FromResult(new ChapJudgement(ChapOutcome.Unknown, "nobody judges"));

    /// <summary>
    /// The login is over, however it went: what was made for it alone, secrets above all, can be cleared. Once for
    /// each terms that were given, on any thread.
    /// </summary>
    /// <param name="terms">What <see cref="AuthorizeAsync"/> gave.</param>
    void Forget(TargetAuthenticationTerms terms)
    {
    }
}

/// <summary>Anybody may log in without proof.</summary>
public sealed class OpenLoginAuthority : ILoginAuthority
{
    /// <summary>The one instance; it has no state.</summary>
    public static OpenLoginAuthority Instance { get; } = new();

    /// <inheritdoc/>
    public ValueTask<TargetAuthenticationTerms?> AuthorizeAsync(
        LoginIdentity identity, IscsiTargetPort? target, CancellationToken stop) =>
        ValueTask.FromResult<TargetAuthenticationTerms?>(TargetAuthenticationTerms.None);
}
