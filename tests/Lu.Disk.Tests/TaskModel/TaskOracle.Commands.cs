using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests.TaskModel;

/// <content>What commands do, and what their ends do to others.</content>
internal sealed partial class TaskOracle
{
    private void CarryOut(OracleTask task)
    {
        switch (task.Step.Deed)
        {
            case Deed.ReadPastTheEnd:
                Complete(task, Ending.Check(
                    SenseKey.IllegalRequest, AdditionalSense.LogicalBlockAddressOutOfRange));
                break;
            case Deed.Write or Deed.WriteAskedFor when _control.WriteProtect:
                Complete(task, Ending.Check(
                    SenseKey.DataProtect, AdditionalSense.LogicalUnitSoftwareWriteProtected));
                break;
            case Deed.Read or Deed.Write:
                task.InMedium = true;
                break;
            case Deed.WriteAskedFor:
                task.WaitsForData = true;
                break;
            case Deed.RequestSense:
                ReportSense(task);
                break;
            case Deed.ModeSelect:
                SelectMode(task.Host, task.Step.Control!);
                Complete(task, Ending.Good);
                break;
            case Deed.Reserve or Deed.Release:
                Complete(task, ReserveOrRelease(task) ? Ending.Good : Ending.Of(ScsiStatus.ReservationConflict));
                break;
            case Deed.PersistentReserveOut:
                ReserveOut(task);
                break;
            default:
                Complete(task, Ending.Good);
                break;
        }
    }

    private void ReportSense(OracleTask task)
    {
        task.Reported = (SenseKey.NoSense, AdditionalSense.NoAdditionalSenseInformation);
        if (Owes(task.Host))
        {
            var code = FirstOwed(task.Host);
            Reservations.Owed[task.Host].Remove(code);
            task.Reported = (SenseKey.UnitAttention, code);
        }
        Complete(task, Ending.Good);
    }

    // SPC-6, MODE SELECT: a change is told to every nexus but the one that made it.
    private void SelectMode(int host, ControlFields control)
    {
        if (control != _control)
        {
            for (var other = 0; other < hosts; other++)
                if (other != host) Owe(other, AdditionalSense.ModeParametersChanged);
        }
        _control = control;
        Enable();
    }

    // SPC-4, Exceptions to SPC-2 RESERVE and RELEASE behavior: where something is reserved, those registrants may whom
    // it does not keep from writing, to no effect.
    private bool ReserveOrRelease(OracleTask task)
    {
        var host = task.Host;
        if (Reservations.Keys.Any(key => key != 0))
            return Reservations.Type is not null && Reservations.Keys[host] != 0
                && Reservations.MayAccess(host, write: true);
        if (task.Step.Deed == Deed.Reserve)
        {
            if (_spc2Holder is { } holder && holder != host) return false;
            _spc2Holder = host;
        }
        else if (_spc2Holder == host)
        {
            _spc2Holder = null;
        }
        return true;
    }

    private void ReserveOut(OracleTask task)
    {
        var outcome = _spc2Holder is null ? Reservations.Decide(task.Host, task.Step.Wish!) : "conflict";
        if (outcome != "good")
        {
            Complete(task, outcome == "conflict"
                ? Ending.Of(ScsiStatus.ReservationConflict)
                : Ending.Check(SenseKey.IllegalRequest, Enum.Parse<AdditionalSense>(outcome)));
            return;
        }
        if (!task.Step.Wish!.Aborts || Reservations.Preempted.Count == 0)
        {
            Complete(task, Ending.Good);
            return;
        }
        // SPC-6, PREEMPT AND ABORT: the tasks of the preempted, and their auto contingent allegiances.
        var preempted = Reservations.Preempted.ToHashSet();
        var abort = new OracleFunction(task.Host) { Done = () => Complete(task, Ending.Good) };
        foreach (var other in Set.Where(other => other != task && preempted.Contains(other.Host)).ToList())
            Abort(other, byOther: true, abort);
        foreach (var host in preempted) ClearAca(host);
        if (abort.Waits.Count == 0) Complete(task, Ending.Good);
        else _functions.Add(abort);
    }

    private void Complete(OracleTask task, Ending ending)
    {
        if (!task.Aborted)
        {
            task.End = ending.Status == ScsiStatus.CheckCondition
                ? ending with { Descriptor = _control.DescriptorSense }
                : ending;
            NoteEnding(task);
        }
        Leave(task);
    }

    private void Leave(OracleTask task)
    {
        task.End ??= task.TellAborted ? Ending.Of(ScsiStatus.TaskAborted) : Ending.Unanswered;
        Set.Remove(task);
        foreach (var function in _functions.Where(function => function.Waits.Remove(task)
            && function.Waits.Count == 0).ToList())
        {
            _functions.Remove(function);
            _loops[function.Host].Enqueue(function.Done);
        }
        Enable();
    }

    // SPC-6, Control mode page: QERR, UA_INTLCK_CTRL. SAM-6: establishing and clearing an ACA condition.
    private void NoteEnding(OracleTask task)
    {
        var host = task.Host;
        switch (task.End!.Status)
        {
            case ScsiStatus.CheckCondition:
                if (task.Step.Naca) _faulted.Add(host);
                else if (task.Attribute == TaskAttribute.Aca) ClearAca(host);
                var all = _control.QueueError == 1 && !_control.TaskSetPerNexus;
                if (_control.QueueError == 0) break;
                foreach (var other in Set.Where(other => other != task && (all || other.Host == host)).ToList())
                    Abort(other, other.Host != host, null);
                break;
            case ScsiStatus.Busy when _control.Interlock == 3:
                Owe(host, (AdditionalSense)0x2C07);
                break;
            case ScsiStatus.TaskSetFull when _control.Interlock == 3:
                Owe(host, (AdditionalSense)0x2C08);
                break;
            case ScsiStatus.ReservationConflict when _control.Interlock == 3:
                Owe(host, (AdditionalSense)0x2C09);
                break;
            default:
                break;
        }
    }
}
