using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests.TaskModel;

/// <summary>How a command ends: with a status and its sense, or, aborted, without an answer.</summary>
/// <param name="Answered">Whether there is a status.</param>
/// <param name="Status">The status.</param>
/// <param name="Key">The sense key; NO SENSE where no sense data comes with it.</param>
/// <param name="Code">The additional sense code.</param>
/// <param name="Descriptor">Sense data in descriptor format.</param>
internal sealed record Ending(bool Answered, ScsiStatus Status, SenseKey Key = SenseKey.NoSense,
    AdditionalSense Code = AdditionalSense.NoAdditionalSenseInformation, bool Descriptor = false)
{
    public static Ending Good { get; } = new(true, ScsiStatus.Good);

    public static Ending Unanswered { get; } = new(false, ScsiStatus.Good);

    public static Ending Of(ScsiStatus status) => new(true, status);

    public static Ending Check(SenseKey key, AdditionalSense code) =>
        new(true, ScsiStatus.CheckCondition, key, code);
}

/// <summary>A command as the oracle sees it.</summary>
internal sealed class OracleTask(int number, ModelStep step)
{
    public int Number { get; } = number;

    public ModelStep Step { get; } = step;

    public int Host => Step.Host;

    public TaskAttribute Attribute => Step.Attribute;

    /// <summary>Each has a block of its own, so that none waits for another's.</summary>
    public int Lba => Number % 1024;

    public bool Enabled { get; set; }

    /// <summary>In the medium: it ends when the medium lets it out, aborted or not.</summary>
    public bool InMedium { get; set; }

    public bool WaitsForData { get; set; }

    public bool Aborted { get; set; }

    /// <summary>Aborted, and its nexus hears of it by TASK ABORTED.</summary>
    public bool TellAborted { get; set; }

    /// <summary>Its loop has been asked to visit it.</summary>
    public bool Called { get; set; }

    /// <summary>Let in although an auto contingent allegiance concerned its nexus.</summary>
    public bool PassesAca { get; set; }

    public Ending? End { get; set; }

    /// <summary>What REQUEST SENSE answered.</summary>
    public (SenseKey Key, AdditionalSense Code)? Reported { get; set; }

    // One command at a time changes reservations or mode pages.
    public bool Configures => Step.Deed is Deed.ModeSelect or Deed.Reserve or Deed.Release or Deed.PersistentReserveOut;
}

/// <summary>A task management function, or PREEMPT AND ABORT: done when all it aborted has ended.</summary>
internal sealed class OracleFunction(int host)
{
    public int Host { get; } = host;

    public HashSet<OracleTask> Waits { get; } = [];

    public ServiceResponse? Response { get; set; }

    /// <summary>What follows, on the loop of the asking nexus.</summary>
    public required Action Done { get; init; }
}
