using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests.TaskModel;

/// <content>Who may enter the task set.</content>
internal sealed partial class TaskOracle
{
    // SAM-6, Status precedence: ACA ACTIVE and BUSY, attentions of resets, RESERVATION CONFLICT, other attentions.
    // ILLEGAL REQUEST for the CDB may stand anywhere: here behind the allegiance.
    private Ending? FindObstacle(OracleTask task)
    {
        var host = task.Host;
        var deed = task.Step.Deed;
        if (FindAcaObstacle(task) is { } aca) return aca;
        if (deed == Deed.StrayBit) return Check(SenseKey.IllegalRequest, AdditionalSense.InvalidFieldInCdb);
        // There is no allegiance that an ACA task could belong to.
        if (task.Attribute == TaskAttribute.Aca && !AcaConcerns(host))
            return Check(SenseKey.IllegalRequest, (AdditionalSense)0x4900);
        var attention = Owes(host) && deed is not (Deed.Inquiry or Deed.RequestSense);
        if (attention && FirstOwed(host) is AdditionalSense.BusDeviceResetFunctionOccurred
                or AdditionalSense.ItNexusLossOccurred) return Tell(host);
        if (IsDenied(host, deed)) return Ending.Of(ScsiStatus.ReservationConflict);
        if (attention) return Tell(host);
        var own = Set.Count(other => other.Host == host);
        if (Set.Count < tasksMax && own < tasksPerNexusMax) return null;
        return Ending.Of(own > 0 ? ScsiStatus.TaskSetFull : ScsiStatus.Busy);
    }

    // SAM-6, Handling new commands when ACA is in effect.
    private Ending? FindAcaObstacle(OracleTask task)
    {
        if (!AcaConcerns(task.Host)) return null;
        if (IsFaulted(task.Host))
        {
            var hasAcaTask = Set.Any(other =>
                other.Host == task.Host && other.Attribute == TaskAttribute.Aca && !other.Aborted);
            return task.Attribute == TaskAttribute.Aca && !hasAcaTask ? null : Ending.Of(ScsiStatus.AcaActive);
        }
        if (task.Step.Wish is { Aborts: true }) return null;
        return Ending.Of(task.Step.Naca ? ScsiStatus.AcaActive : ScsiStatus.Busy);
    }

    // SPC-6, Control mode page, UA_INTLCK_CTRL: 10b and 11b leave the clearing to REQUEST SENSE.
    private Ending Tell(int host)
    {
        var code = FirstOwed(host);
        if (_control.Interlock == 0) Reservations.Owed[host].Remove(code);
        return Check(SenseKey.UnitAttention, code);
    }

    // SPC-6, Commands that are allowed in the presence of various reservations; SPC-2, RESERVE.
    private bool IsDenied(int host, Deed deed)
    {
        if (deed is Deed.Inquiry or Deed.RequestSense or Deed.Reserve or Deed.Release) return false;
        if (_spc2Holder is { } holder) return holder != host;
        return deed switch
        {
            Deed.TestUnitReady or Deed.PersistentReserveOut => false,
            Deed.Write or Deed.WriteAskedFor or Deed.ModeSelect => !Reservations.MayAccess(host, write: true),
            _ => !Reservations.MayAccess(host, write: false),
        };
    }

    private Ending Check(SenseKey key, AdditionalSense code) =>
        Ending.Check(key, code) with { Descriptor = _control.DescriptorSense };
}
