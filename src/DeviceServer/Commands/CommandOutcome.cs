using Lunette.Scsi;

namespace Lunette.DeviceServer.Commands;

/// <summary>How a command ends, as a value; or that it goes on.</summary>
public readonly record struct CommandOutcome
{
    private CommandOutcome(ScsiStatus status, Sense sense, bool isPending)
    {
        Status = status;
        Sense = sense;
        IsPending = isPending;
    }

    /// <summary>The status; without meaning while <see cref="IsPending"/>.</summary>
    public ScsiStatus Status { get; }

    /// <summary>Sense data; key NO SENSE and no code where there is none.</summary>
    public Sense Sense { get; }

    /// <summary>The handler has taken over: it completes the command by <see cref="EmulatedUnit.Complete"/>.</summary>
    public bool IsPending { get; }

    /// <summary>Whether sense data goes with the status.</summary>
    public bool HasSense => Sense.Key != SenseKey.NoSense || Sense.Code != AdditionalSense.NoAdditionalSenseInformation;

    /// <summary>GOOD.</summary>
    public static CommandOutcome Good => default;

    /// <summary>The command goes on after the handler returns.</summary>
    public static CommandOutcome Pending { get; } = new(ScsiStatus.Good, default, isPending: true);

    /// <summary>RESERVATION CONFLICT.</summary>
    public static CommandOutcome ReservationConflict { get; } = new(ScsiStatus.ReservationConflict, default, false);

    /// <summary>TASK SET FULL: no room for it now.</summary>
    public static CommandOutcome TaskSetFull { get; } = new(ScsiStatus.TaskSetFull, default, false);

    /// <summary>BUSY: try again.</summary>
    public static CommandOutcome Busy { get; } = new(ScsiStatus.Busy, default, false);

    /// <summary>A status without sense data.</summary>
    public static CommandOutcome Of(ScsiStatus status) => new(status, default, false);

    /// <summary>GOOD, with sense data that tells of how it went (SPC-6, sense key COMPLETED).</summary>
    public static CommandOutcome GoodWith(in Sense sense) => new(ScsiStatus.Good, sense, false);

    /// <summary>CHECK CONDITION with sense data.</summary>
    public static CommandOutcome Check(in Sense sense) => new(ScsiStatus.CheckCondition, sense, false);

    /// <summary>CHECK CONDITION with a sense key and code.</summary>
    public static CommandOutcome Check(SenseKey key, AdditionalSense code) => Check(new Sense(key, code));

    /// <summary>ILLEGAL REQUEST, INVALID FIELD IN CDB, pointing at a field of the CDB.</summary>
    public static CommandOutcome InvalidFieldInCdb(int byteIndex, int bit = -1) =>
        Check(Sense.InvalidFieldInCdb(byteIndex, bit));

    /// <summary>ILLEGAL REQUEST, INVALID FIELD IN PARAMETER LIST, pointing at a field of the list.</summary>
    public static CommandOutcome InvalidFieldInParameterList(int byteIndex, int bit = -1) =>
        Check(Sense.InvalidFieldInParameterList(byteIndex, bit));

    /// <summary>ILLEGAL REQUEST, PARAMETER LIST LENGTH ERROR.</summary>
    public static CommandOutcome ParameterListLengthError { get; } =
        Check(SenseKey.IllegalRequest, AdditionalSense.ParameterListLengthError);

    /// <summary>CHECK CONDITION with sense data.</summary>
    public static implicit operator CommandOutcome(Sense sense) => Check(sense);

    /// <summary>CHECK CONDITION with sense data; the method the operator stands for.</summary>
    public static CommandOutcome FromSense(Sense sense) => Check(sense);
}
