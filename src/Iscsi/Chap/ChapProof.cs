namespace Lunette.Iscsi;

/// <summary>What an initiator answered a challenge with, for whoever knows its secret to judge.</summary>
/// <param name="Name">CHAP_N.</param>
/// <param name="Identifier">CHAP_I of the challenge.</param>
/// <param name="Challenge">CHAP_C.</param>
/// <param name="Response">CHAP_R, decoded: 16 bytes, the algorithm is MD5.</param>
public sealed record ChapProof(
    string Name, byte Identifier, ReadOnlyMemory<byte> Challenge, ReadOnlyMemory<byte> Response);

/// <summary>What came of a judgement.</summary>
public enum ChapOutcome : byte
{
    /// <summary>Nobody could be asked, or gave an answer.</summary>
    Unknown,

    /// <summary>The initiator knows the secret.</summary>
    Accepted,

    /// <summary>It does not.</summary>
    Refused,
}

/// <summary>The word of whoever judged a <see cref="ChapProof"/>.</summary>
/// <param name="Outcome">What it is.</param>
/// <param name="Reason">For people, where there is none: what stood in the way.</param>
public readonly record struct ChapJudgement(ChapOutcome Outcome, string? Reason = null);
