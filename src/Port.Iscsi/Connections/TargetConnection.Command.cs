using System.Runtime.CompilerServices;
using Lunette.Iscsi;
using Lunette.Port.Iscsi.Statistics;
using Lunette.Port.Iscsi.Tasks;
using Lunette.Scsi;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Port.Iscsi.Connections;

/// <content>SCSI Command (RFC 7143 section 11.3).</content>
internal sealed partial class TargetConnection
{
    // Its whole data segment, if there is one, is here.
    private void ReceiveCommand(ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        var command = ScsiCommand.Over(header);
        var task = BeginCommand(command, header, data.Length, out var error);
        if (task is null) return;
        if (error is { } wrong)
        {
            EndUnsubmitted(task, wrong);
            return;
        }
        task.Received = data.Length;
        var generation = task.Generation;
        task.ShowImmediate(data);
        _provider.Framework.Submit(task);
        task.HideImmediate();
        // Neither ended nor asked for: the logical unit looks at it later, and the buffer is needed again.
        if (data.Length > 0 && task.Generation == generation && IsDormant(task)) StashFirst(task, data);
    }

    // Its data segment is still arriving; returns where it goes to, if anywhere.
    private IscsiTask? BeginCommandWithBody(ReadOnlySpan<byte> header)
    {
        var command = ScsiCommand.Over(header);
        var task = BeginCommand(command, header, command.DataSegmentLength, out var error);
        if (task is null) return null;
        if (error is { } wrong)
        {
            EndUnsubmitted(task, wrong);
            return null;
        }
        task.UnsolicitedOpen = true;
        var generation = task.Generation;
        _provider.Framework.Submit(task);
        return task.Generation == generation && _session.Tasks.Contains(task.InitiatorTaskTag) ? task : null;
    }

    private static bool IsDormant(IscsiTask task) => task.Phase == TaskPhase.InProgress && task.Wanted < 0;

    /// <summary>Checks what RFC 7143 section 11.3 asks of a command and makes its task. Null when it was rejected; an
    /// error when the task must end before a logical unit sees it.</summary>
    private IscsiTask? BeginCommand(
        in ScsiCommand command, ReadOnlySpan<byte> header, int immediateLength, out AdditionalSense? error)
    {
        error = null;
        if (CheckCommand(command, header, out var segments) is { } reject)
        {
            if (reject == RejectReason.ImmediateCommandReject) _counters.Count(SessionBound.ImmediateCommands);
            SendReject(reject, header[..BasicHeaderSegment.Length]);
            return null;
        }
        Advance(command.Immediate);
        var expected = command.ExpectedDataTransferLength;
        var dataOut = command.Write ? expected : 0;
        var dataIn = !command.Read ? 0 : command.Write ? segments.BidirectionalReadLength ?? 0 : expected;
        var task = _session.Tasks.Take();
        if (segments.ExtendedCdb.IsEmpty)
        {
            task.Begin(command, command.Cdb, dataIn, dataOut, Loop.NowNanoseconds);
        }
        else
        {
            Span<byte> cdb = stackalloc byte[ScsiTask.CdbLengthMax];
            command.Cdb.CopyTo(cdb);
            segments.ExtendedCdb.CopyTo(cdb[command.Cdb.Length..]);
            task.Begin(command, cdb[..(command.Cdb.Length + segments.ExtendedCdb.Length)], dataIn, dataOut,
                Loop.NowNanoseconds);
        }
        _session.Tasks.Enter(task);
        if (_session.Tasks.Free == 0) WatchWindow();
        task.UnsolicitedOpen = !command.Final;
        error = JudgeUnsolicited(command, immediateLength);
        return task;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private RejectReason? CheckCommand(
        in ScsiCommand command, ReadOnlySpan<byte> header, out AdditionalHeaderSegments segments)
    {
        segments = default;
        if (IsDiscovery) return RejectReason.ProtocolError;
        if (command.TotalAhsLength != 0
            && !AdditionalHeaderSegments.TryParse(header[BasicHeaderSegment.Length..], out segments))
            return RejectReason.InvalidPduField;
        if (command.InitiatorTaskTag.IsReserved || !command.Attribute.TryToScsi(out _))
            return RejectReason.InvalidPduField;
        // F says that nothing follows unasked; a command that sends nothing has nothing to follow.
        if (!command.Final && !command.Write) return RejectReason.InvalidPduField;
        if (_session.Tasks.Contains(command.InitiatorTaskTag)) return RejectReason.TaskInProgress;
        return _session.Tasks.HasRoom(command.Immediate) ? null : RejectReason.ImmediateCommandReject;
    }

    /// <summary>Unsolicited data beyond what was agreed on ends the command (RFC 7143 section 11.4.7.2).</summary>
    private AdditionalSense? JudgeUnsolicited(in ScsiCommand command, int immediateLength)
    {
        if (immediateLength == 0) return !command.Final && _login.Session.InitialR2T ? Unexpected : null;
        if (!command.Write || !_login.Session.ImmediateData) return Unexpected;
        if (!command.Final && _login.Session.InitialR2T) return Unexpected;
        if (immediateLength > _firstBurstMax) _counters.Count(SessionBound.Burst);
        return immediateLength > _firstBurstMax || immediateLength > command.ExpectedDataTransferLength
            ? Unexpected
            : null;
    }

    private const AdditionalSense Unexpected = AdditionalSense.WriteErrorUnexpectedUnsolicitedData;

    // The task was never submitted: the port ends it alone. Data that still comes is taken and thrown away.
    private static void EndUnsubmitted(IscsiTask task, AdditionalSense error)
    {
        task.TransportError = error;
        task.Wanted = 0;
        task.Complete(ScsiStatus.CheckCondition);
    }
}
