using Lunette.Scsi;

namespace Lunette.Initiator.Iscsi;

/// <summary>How a command ended.</summary>
public enum CommandOutcome : byte
{
    /// <summary>The target answered: <see cref="ScsiResult.Status"/> says what.</summary>
    Completed,

    /// <summary>A task management function ended it; it may have been carried out in part.</summary>
    Aborted,

    /// <summary>The target could not carry it out, or rejected it as a PDU (RFC 7143 sections 11.4.3 and
    /// 11.17).</summary>
    TargetFailure,

    /// <summary>The connection was lost under it and it was not sent again; whether it was carried out is not
    /// known.</summary>
    ConnectionLost,

    /// <summary>The session has ended; the command was not carried out by it.</summary>
    SessionEnded,

    /// <summary>After the session came back the LUN was another logical unit; commands to it are refused.</summary>
    IdentityChanged,

    /// <summary>As many commands as the session holds are under way; this one was not taken.</summary>
    QueueFull,
}

/// <summary>What a command came to.</summary>
public readonly struct ScsiResult
{
    /// <summary>How it ended.</summary>
    public CommandOutcome Outcome { get; init; }

    /// <summary>The status; meaningful when completed.</summary>
    public ScsiStatus Status { get; init; }

    /// <summary>Bytes put into the Data-In Buffer, from its start.</summary>
    public int DataInLength { get; init; }

    /// <summary>
    /// Residual as the target states it, in bytes: positive when less than expected was transferred, negative when
    /// there was more to transfer. Of a read never less than what is missing from the Data-In Buffer.
    /// </summary>
    public long Residual { get; init; }

    /// <summary>Sense data as received; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Sense { get; init; }

    /// <summary>What went wrong where the target did not answer; null when it did.</summary>
    public IscsiFault? Fault { get; init; }

    /// <summary>Whether the target answered GOOD or CONDITION MET.</summary>
    public bool IsGood =>
        Outcome == CommandOutcome.Completed && (Status is ScsiStatus.Good or ScsiStatus.ConditionMet);

    /// <summary>Reads the sense data; false when there is none, or it is malformed.</summary>
    public bool TryGetSense(out Sense sense) => Scsi.Sense.TryParse(Sense.Span, out sense);

    /// <summary>One line for people.</summary>
    public string Describe() => Outcome switch
    {
        CommandOutcome.Completed when TryGetSense(out var sense) => $"{Status}, {sense.Describe()}",
        CommandOutcome.Completed => Status.ToString(),
        _ => Fault is null ? Outcome.ToString() : $"{Outcome}: {Fault}",
    };

    /// <inheritdoc/>
    public override string ToString() => Describe();
}
