using Lunette.Proxy.Frames;
using Lunette.Runtime.Buffers;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Proxy.Owner;

/// <summary>
/// A command of the other node's initiator, carried out here. Its data came with it and go with its end.
/// </summary>
internal sealed class OwnedTask : ScsiTask
{
    private const byte PriorityMax = 15;     // SAM-6, Command priority: four bits

    private readonly Door _door;
    private readonly BufferPool _buffers;
    private readonly ulong _id;
    private readonly byte[] _dataOut;

    private OwnedTask(Door door, BufferPool buffers, ulong id, byte[] dataOut)
    {
        _door = door;
        _buffers = buffers;
        _id = id;
        _dataOut = dataOut;
    }

    public override ReadOnlySpan<byte> ImmediateData => [];

    /// <summary>Writes a command; its Data-Out is complete.</summary>
    public static byte[] Write(ulong id, LogicalUnitId unit, ScsiTask task)
    {
        var frame = new FrameWriter(FrameKind.Command)
            .Long(id).Long(task.Nexus.Number).Long(unit.High).Long(unit.Low).Long(task.Lun.Wire).Long(task.Tag)
            .Byte((byte)task.Attribute).Byte(task.Priority).Word(task.ExpectedDataInLength).Bytes(task.Cdb);
        task.DataOut.Read(0, frame.Room(task.DataOut.Length));
        return frame.End();
    }

    /// <summary>Reads a command after its nexus; null where the frame is none.</summary>
    public static (OwnedTask Task, LogicalUnitId Unit)? Read(
        ref FrameReader frame, Door door, BufferPool buffers, ulong id, ItNexus nexus)
    {
        var unit = new LogicalUnitId(frame.Long(), frame.Long());
        var lun = Lun.FromWire(frame.Long());
        var tag = frame.Long();
        var attribute = (TaskAttribute)frame.Byte();
        var priority = frame.Byte();
        var expected = frame.Word();
        var cdb = frame.Bytes();
        var dataOut = frame.Bytes();
        if (frame.Failed || cdb.Length is 0 or > CdbLengthMax || expected > Door.FrameLengthMax) return null;
        if (!Enum.IsDefined(attribute) || priority > PriorityMax) return null;
        var task = new OwnedTask(door, buffers, id, dataOut.ToArray());
        task.Begin(cdb);
        task.Nexus = nexus;
        task.Lun = lun;
        task.Tag = tag;
        task.Attribute = attribute;
        task.Priority = priority;
        task.ExpectedDataInLength = expected;
        task.ExpectedDataOutLength = (uint)dataOut.Length;
        return (task, unit);
    }

    /// <summary>Begins it, on its nexus' loop.</summary>
    public void Start(LogicalUnit unit)
    {
        ArrivedNanoseconds = Nexus.Loop.NowNanoseconds;
        LogicalUnit = unit;
        unit.Submit(this);
    }

    /// <summary>Ends it where there is nobody to carry it out.</summary>
    public void Refuse(in Sense sense)
    {
        ArrivedNanoseconds = Nexus.Loop.NowNanoseconds;
        SetSense(sense, descriptorFormat: false);
        Complete(ScsiStatus.CheckCondition);
    }

    public override DataOutResult RequestDataOut(int length)
    {
        if (DataOut.Count == 0 && !_buffers.TryLease(length, "proxied data-out", DataOut))
            return DataOutResult.NoBuffer;
        DataOut.Write(0, _dataOut.AsSpan(0, length));
        return DataOutResult.Ready;
    }

    public override bool TryLeaseDataIn(int length, out Lease lease) =>
        _buffers.TryLease(length, "proxied data-in", out lease);

    protected override void OnEnded(bool answered)
    {
        var frame = new FrameWriter(FrameKind.Result)
            .Long(_id).Byte(answered ? (byte)1 : (byte)0).Byte((byte)Status).Long((ulong)CommandTransferLength)
            .Bytes(Sense);
        var length = (int)Math.Min((uint)DataIn.Length, ExpectedDataInLength);
        DataIn.Read(0, frame.Room(length));
        var moved = Status == ScsiStatus.Good ? (long)length + _dataOut.Length : 0;
        Account(Nexus.Loop.NowNanoseconds, answered ? Status : ScsiStatus.TaskAborted, moved);
        DataIn.Release();
        DataOut.Release();
        // Through the door it came by: another one's numbers are its own.
        _door.TrySend(frame.End());
    }
}
