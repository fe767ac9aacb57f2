using Lunette.Proxy.Frames;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Proxy.Owner;

/// <summary>A task management function of the other node's initiator.</summary>
internal sealed class OwnedManagement(Door? door, ulong id) : TaskManagementRequest
{
    private const byte Stays = 0;
    private const byte Gone = 1;
    private const byte GoneAltogether = 2;

    /// <summary>Whether nothing more comes of its nexus, for any logical unit.</summary>
    public bool IsLastOfNexus { get; private init; }

    /// <summary>Writes a function.</summary>
    /// <param name="id">The sender's number for it.</param>
    /// <param name="unit">The logical unit.</param>
    /// <param name="request">The function.</param>
    /// <param name="last">Nothing more of the nexus follows.</param>
    public static byte[] Write(ulong id, LogicalUnitId unit, TaskManagementRequest request, bool last) => Write(
        id, request.Nexus.Number, unit, request.Function, request.Lun, request.ReferencedTag,
        last ? GoneAltogether : request.NexusIsGone ? Gone : Stays);

    /// <summary>Writes that a nexus has nothing more to do with a logical unit.</summary>
    public static byte[] WriteGone(ulong id, LogicalUnitId unit, ulong nexus, bool last) => Write(
        id, nexus, unit, TaskManagementFunction.ItNexusReset, default, 0, last ? GoneAltogether : Gone);

    private static byte[] Write(
        ulong id, ulong nexus, LogicalUnitId unit, TaskManagementFunction function, Lun lun, ulong referenced,
        byte gone) => new FrameWriter(FrameKind.Manage)
            .Long(id).Long(nexus).Long(unit.High).Long(unit.Low).Byte((byte)function)
            .Long(lun.Wire).Long(referenced).Byte(gone)
            .End();

    /// <summary>Reads a function after its nexus.</summary>
    public static (OwnedManagement Request, LogicalUnitId Unit) Read(
        ref FrameReader frame, Door door, ulong id, ItNexus nexus)
    {
        var unit = new LogicalUnitId(frame.Long(), frame.Long());
        var function = (TaskManagementFunction)frame.Byte();
        var lun = Lun.FromWire(frame.Long());
        var referenced = frame.Long();
        var gone = frame.Byte();
        return (new OwnedManagement(door, id)
        {
            Nexus = nexus,
            Function = function,
            Lun = lun,
            ReferencedTag = referenced,
            NexusIsGone = gone != Stays,
            IsLastOfNexus = gone == GoneAltogether,
        }, unit);
    }

    /// <summary>How it ended, for the other node.</summary>
    public static byte[] Answer(ulong id, ServiceResponse response, uint additional) =>
        new FrameWriter(FrameKind.Managed).Long(id).Byte((byte)response).Word(additional).End();

    protected override void Completed() => door?.TrySend(Answer(id, Response, AdditionalResponse));
}
