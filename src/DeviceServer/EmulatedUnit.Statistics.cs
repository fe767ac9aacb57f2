using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer;

/// <content>Counters, for LOG SENSE and for people.</content>
public abstract partial class EmulatedUnit
{
    private UnitStatistics _statistics;

    /// <summary>A snapshot of the counters.</summary>
    public UnitStatistics Statistics
    {
        get
        {
            lock (_gate) return _statistics;
        }
    }

    private void Count(TaskContext command, in CommandOutcome outcome, bool aborted)
    {
        if (aborted)
        {
            _statistics.Aborted++;
            return;
        }
        var data = command.Command.Descriptor.Data;
        if (outcome.Status == ScsiStatus.CheckCondition)
        {
            _statistics.CheckConditions++;
            // SBC-5, Processing pseudo unrecovered errors: no counter of errors counts them.
            var failed = outcome.Sense.Key == SenseKey.MediumError
                && outcome.Sense.Code != AdditionalSense.ReadErrorLbaMarkedBadByApplicationClient;
            if (failed && data == DataPhase.In) _statistics.ReadErrors++;
            if (failed && data == DataPhase.Out) _statistics.WriteErrors++;
        }
        if (data == DataPhase.In)
        {
            _statistics.ReadCommands++;
            _statistics.ReadBytes += command.Task.CommandTransferLength;
        }
        else if (data == DataPhase.Out)
        {
            _statistics.WriteCommands++;
            _statistics.WrittenBytes += command.Task.CommandTransferLength;
        }
        else
        {
            _statistics.OtherCommands++;
        }
    }
}

/// <summary>What a logical unit has done since it was made.</summary>
public record struct UnitStatistics
{
    /// <summary>Commands that read the medium.</summary>
    public long ReadCommands { get; set; }

    /// <summary>Commands that wrote it.</summary>
    public long WriteCommands { get; set; }

    /// <summary>Bytes read.</summary>
    public long ReadBytes { get; set; }

    /// <summary>Bytes written.</summary>
    public long WrittenBytes { get; set; }

    /// <summary>Commands that ended because the medium could not be read.</summary>
    public long ReadErrors { get; set; }

    /// <summary>Commands that ended because it could not be written.</summary>
    public long WriteErrors { get; set; }

    /// <summary>All other commands.</summary>
    public long OtherCommands { get; set; }

    /// <summary>Admitted commands that ended with CHECK CONDITION.</summary>
    public long CheckConditions { get; set; }

    /// <summary>Commands that were aborted.</summary>
    public long Aborted { get; set; }
}
