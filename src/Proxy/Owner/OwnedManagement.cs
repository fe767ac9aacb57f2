using Lunette.Proxy.Frames;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Proxy.Owner;

/// <summary>A task management function of the other node's initiator.</summary>
internal sealed class OwnedManagement(Door? door, ulong id) : TaskManagementRequest
{
    /// <summary>Writes a function.</summary>
    public static byte[] Write(ulong id, LogicalUnitId unit, TaskManagementRequest request) =>
        new FrameWriter(FrameKind.Manage)
            .Long(id).Long(request.Nexus.Number).Long(unit.High).Long(unit.Low).Byte((byte)request.Function)
            .Long(request.Lun.Wire).Long(request.ReferencedTag).Byte(request.NexusIsGone ? (byte)1 : (byte)0)
            .End();

    /// <summary>Reads a function after its nexus.</summary>
    public static (OwnedManagement Request, LogicalUnitId Unit) Read(
        ref FrameReader frame, Door door, ulong id, ItNexus nexus)
    {
        var unit = new LogicalUnitId(frame.Long(), frame.Long());
        return (new OwnedManagement(door, id)
        {
            Nexus = nexus,
            Function = (TaskManagementFunction)frame.Byte(),
            Lun = Lun.FromWire(frame.Long()),
            ReferencedTag = frame.Long(),
            NexusIsGone = frame.Byte() != 0,
        }, unit);
    }

    /// <summary>How it ended, for the other node.</summary>
    public static byte[] Answer(ulong id, ServiceResponse response, uint additional) =>
        new FrameWriter(FrameKind.Managed).Long(id).Byte((byte)response).Word(additional).End();

    protected override void Completed() => door?.TrySend(Answer(id, Response, AdditionalResponse));
}
