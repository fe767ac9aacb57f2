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
            if (failed || outcome.Sense.Key == SenseKey.HardwareError)
                _errorEvents.Note(command.Command.Descriptor, outcome.Sense);
            if (failed && command.Command.Verifies) _statistics.VerifyErrors++;
            else if (failed && data == DataPhase.In) _statistics.ReadErrors++;
            else if (failed && data == DataPhase.Out) _statistics.WriteErrors++;
            else if (outcome.Sense.Key == SenseKey.HardwareError) _statistics.NonMediumErrors++;
        }
        if (command.Command.Verifies)
        {
            _statistics.VerifyCommands++;
            _statistics.VerifiedBytes += command.VerifiedBytes;
        }
        else if (data == DataPhase.In)
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

    /// <summary>Commands that verified it.</summary>
    public long VerifyCommands { get; set; }

    /// <summary>Bytes verified.</summary>
    public long VerifiedBytes { get; set; }

    /// <summary>Commands that ended because the medium was not as it is to be when it was verified.</summary>
    public long VerifyErrors { get; set; }

    /// <summary>Commands that ended for an error of the logical unit that is none of its medium.</summary>
    public long NonMediumErrors { get; set; }

    /// <summary>All other commands.</summary>
    public long OtherCommands { get; set; }

    /// <summary>Admitted commands that ended with CHECK CONDITION.</summary>
    public long CheckConditions { get; set; }

    /// <summary>Commands that were aborted.</summary>
    public long Aborted { get; set; }

    /// <summary>What has come since an earlier snapshot, of what log pages count.</summary>
    public readonly UnitStatistics Since(in UnitStatistics earlier) => new()
    {
        ReadCommands = ReadCommands - earlier.ReadCommands,
        WriteCommands = WriteCommands - earlier.WriteCommands,
        ReadBytes = ReadBytes - earlier.ReadBytes,
        WrittenBytes = WrittenBytes - earlier.WrittenBytes,
        VerifiedBytes = VerifiedBytes - earlier.VerifiedBytes,
        ReadErrors = ReadErrors - earlier.ReadErrors,
        WriteErrors = WriteErrors - earlier.WriteErrors,
        VerifyErrors = VerifyErrors - earlier.VerifyErrors,
        NonMediumErrors = NonMediumErrors - earlier.NonMediumErrors,
    };
}
