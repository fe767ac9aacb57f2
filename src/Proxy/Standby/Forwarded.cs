using Lunette.Proxy.Frames;
using Lunette.Scsi;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Proxy.Standby;

/// <summary>A command on its way through the owner, and how it came back.</summary>
internal sealed class Forwarded(StandbyUnit unit, ScsiTask task)
{
    private byte[] _sense = [];
    private byte[] _dataIn = [];
    private long _transferLength;
    private bool _answered = true;
    private ScsiStatus _status = ScsiStatus.Busy;

    public StandbyUnit Unit => unit;

    public ScsiTask Task => task;

    /// <summary>Whether it still waits for its Data-Out.</summary>
    public bool Waits { get; set; }

    /// <summary>Takes what the owner said; false where the frame is none.</summary>
    public bool Take(ref FrameReader frame)
    {
        _answered = frame.Byte() != 0;
        _status = (ScsiStatus)frame.Byte();
        _transferLength = (long)frame.Long();
        _sense = frame.Bytes().ToArray();
        _dataIn = frame.Bytes().ToArray();
        return !frame.Failed && Enum.IsDefined(_status) && _transferLength >= 0
            && _dataIn.Length <= task.ExpectedDataInLength;
    }

    /// <summary>Nobody knows what became of it: the way to the owner is gone.</summary>
    public void Lose()
    {
        var sense = new Sense(SenseKey.AbortedCommand, (AdditionalSense)0x0800);     // communication failure
        var bytes = new byte[Sense.FixedLength];
        _status = ScsiStatus.CheckCondition;
        _sense = bytes[..sense.Write(bytes, descriptorFormat: false)];
    }

    /// <summary>Ends the task; on its loop.</summary>
    public void End()
    {
        task.ServerState = null;
        if (!_answered)
        {
            task.CompleteAborted(reportTaskAborted: false);
            return;
        }
        if (!TryFillDataIn())
        {
            task.DataIn.Release();
            task.Complete(ScsiStatus.TaskSetFull);
            return;
        }
        task.CommandTransferLength = _transferLength;
        task.SetSense(_sense);
        if (_status == ScsiStatus.TaskAborted) task.CompleteAborted(reportTaskAborted: true);
        else task.Complete(_status);
    }

    private bool TryFillDataIn()
    {
        for (var at = 0; at < _dataIn.Length;)
        {
            var length = Math.Min(_dataIn.Length - at, Runtime.Buffers.BufferPool.LargestBytes);
            if (!task.TryLeaseDataIn(length, out var lease)) return false;
            _dataIn.AsSpan(at, length).CopyTo(lease.Span);
            task.DataIn.Add(lease.Slice(0, length));
            at += length;
        }
        return true;
    }
}
