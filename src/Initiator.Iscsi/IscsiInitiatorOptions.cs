using System.Text;
using Lunette.Iscsi;
using Lunette.Runtime;

namespace Lunette.Initiator.Iscsi;

/// <summary>What an initiator node is.</summary>
public sealed record IscsiInitiatorOptions
{
    /// <summary>Its name.</summary>
    public required IscsiName Name { get; init; }

    /// <summary>What it calls itself; null for nothing. At most 255 bytes in UTF-8, without control
    /// characters.</summary>
    public string? Alias { get; init; }

    /// <summary>Unpredictable bytes: ISIDs, challenges, jitter.</summary>
    public IEntropy Entropy { get; init; } = SystemEntropy.Instance;

    /// <summary>The clock that tells callers that compute from those that only start their next command.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal void Check()
    {
        const int AliasBytesMax = 255;      // RFC 7143 section 13.7
        if (Alias is not { } alias) return;
        if (alias.Any(char.IsControl) || Encoding.UTF8.GetByteCount(alias) > AliasBytesMax)
            throw new ArgumentException("an alias has at most 255 bytes and no control characters", nameof(Alias));
    }

    /// <summary>A random ISID: another initiator port of this node for each session.</summary>
    internal Isid MakeIsid()
    {
        Span<byte> random = stackalloc byte[5];
        Entropy.Fill(random);
        var number = (uint)(random[0] << 16 | random[1] << 8 | random[2]);
        return Isid.FromRandom(number, (ushort)(random[3] << 8 | random[4]));
    }
}

/// <summary>How to log in, to a target or for discovery.</summary>
public record IscsiLoginOptions
{
    /// <summary>What the initiator proves itself with; null when it does no CHAP.</summary>
    public ChapCredentials? Credentials { get; init; }

    /// <summary>What the target has to prove (mutual CHAP); null when it need not.</summary>
    public ChapCredentials? TargetCredentials { get; init; }

    /// <summary>
    /// CHAP algorithms offered, the liked one first. Some older targets (tgt) take 7, the number of SHA-256, for SHA-1:
    /// they are offered MD5 alone.
    /// </summary>
    public IReadOnlyList<ChapAlgorithm> Algorithms { get; init; } = ChapAlgorithms.All;

    /// <summary>Whether a target that wants no authentication is good enough though there are credentials.</summary>
    public bool MayGoUnauthenticated { get; init; } = true;

    /// <summary>Header digests offered, the liked one first.</summary>
    public IReadOnlyList<Digest> HeaderDigests { get; init; } = [Digest.None, Digest.Crc32C];

    /// <summary>Data digests offered, the liked one first.</summary>
    public IReadOnlyList<Digest> DataDigests { get; init; } = [Digest.None, Digest.Crc32C];

    /// <summary>How often one attempt to log in may be sent elsewhere; never twice to the same place.</summary>
    public int RedirectsMax { get; init; } = 8;

    /// <summary>How long a connection may take to be made.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a login may take from the connection on.</summary>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the answer to a logout is awaited.</summary>
    public TimeSpan LogoutTimeout { get; init; } = TimeSpan.FromSeconds(5);

    private protected static TimeSpan LongestTime { get; } = TimeSpan.FromDays(365);

    internal virtual void Check()
    {
        if (HeaderDigests.Count == 0 || DataDigests.Count == 0)
            throw new ArgumentException("without digests None is offered, and not nothing", nameof(HeaderDigests));
        if (Credentials is not null && Algorithms.Count == 0)
            throw new ArgumentException("CHAP needs an algorithm", nameof(Algorithms));
        if (TargetCredentials is { } target)
        {
            if (Credentials is not { } own)
                throw new ArgumentException("mutual CHAP needs credentials of the initiator too", nameof(Credentials));
            if (own.Secret.Matches(target.Secret))
                throw new ArgumentException("the two directions of CHAP never share a secret", nameof(Credentials));
        }
        Within(RedirectsMax, 0, 64, nameof(RedirectsMax));
        Within(ConnectTimeout, TimeSpan.FromMilliseconds(1), LongestTime, nameof(ConnectTimeout));
        Within(LoginTimeout, TimeSpan.FromMilliseconds(1), LongestTime, nameof(LoginTimeout));
        Within(LogoutTimeout, TimeSpan.Zero, LongestTime, nameof(LogoutTimeout));
    }

    private protected static void Within<T>(T value, T min, T max, string name) where T : IComparable<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, min, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, max, name);
    }
}
