using Lunette.Scsi;

namespace Lunette.Port.Virtual;

/// <summary>One command as an application client states it.</summary>
/// <param name="Cdb">The CDB.</param>
public readonly record struct ScsiRequest(ReadOnlyMemory<byte> Cdb)
{
    /// <summary>The logical unit number; LUN 0 where nothing is said.</summary>
    public Lun Lun { get; init; }

    /// <summary>What to send.</summary>
    public ReadOnlyMemory<byte> DataOut { get; init; }

    /// <summary>Where to receive; its length is the expected data transfer length.</summary>
    public Memory<byte> DataIn { get; init; }

    /// <summary>Task attribute.</summary>
    public TaskAttribute Attribute { get; init; }

    /// <summary>Command priority.</summary>
    public byte Priority { get; init; }
}

/// <summary>How a command ended, as its application client sees it.</summary>
public sealed record ScsiResult
{
    /// <summary>Whether there was an answer; a task that was aborted on request of its own nexus gets none.</summary>
    public required bool Answered { get; init; }

    /// <summary>Status, where there was an answer.</summary>
    public required ScsiStatus Status { get; init; }

    /// <summary>Sense data as received; empty where there was none.</summary>
    public required ReadOnlyMemory<byte> SenseData { get; init; }

    /// <summary>Sense data as they are meant; null where there were none.</summary>
    public Sense? Sense => Scsi.Sense.TryParse(SenseData.Span, out var sense) ? sense : null;

    /// <summary>How many bytes are in the caller's Data-In memory.</summary>
    public required int DataInLength { get; init; }

    /// <summary>Bytes the target wanted to transfer more than there was room for (positive), or fewer
    /// (negative).</summary>
    public required long Residual { get; init; }

    /// <summary>Whether the status is GOOD.</summary>
    public bool IsGood => Answered && Status == ScsiStatus.Good;
}
