using Lunette.Proxy.Frames;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Statistics;

namespace Lunette.Proxy.Owner;

/// <summary>A target port of the other node, for logical units that serve its initiators.</summary>
internal sealed class PeerPort(string name, string portName, byte protocolIdentifier) : TargetPort
{
    public override string Name => name;

    public override string PortName => portName;

    public override string Alias => "";

    public override string ProviderName => ProxyNode.ProviderName;

    public override byte ProtocolIdentifier => protocolIdentifier;

    public override ValueTask<ControlResult> OnlineAsync(CancellationToken stop) => new(ControlResult.Success);

    public override ValueTask<ControlResult> OfflineAsync(TimeSpan deadline, CancellationToken stop) =>
        new(ControlResult.Success);
}

/// <summary>A nexus of the other node, as this node's logical units know it.</summary>
internal sealed class OwnedNexus(ItNexus nexus)
{
    public ItNexus Nexus => nexus;

    /// <summary>The logical units it has spoken to; on the nexus' loop.</summary>
    public Dictionary<LogicalUnitId, LogicalUnit> Units { get; } = [];

    /// <summary>Writes what the other node has to know of a nexus.</summary>
    public static byte[] Meet(ItNexus nexus) => new FrameWriter(FrameKind.Meet)
        .Long(nexus.Number)
        .Text(nexus.Initiator.Name).Text(nexus.Initiator.PortName).Bytes(nexus.Initiator.TransportId.Span)
        .Text(nexus.Initiator.Alias).Text(nexus.Initiator.Address)
        .Text(nexus.Port.Name).Text(nexus.Port.PortName).Byte(nexus.Port.ProtocolIdentifier)
        .Word(nexus.Port.RelativePortIdentifier).Word(nexus.Port.TargetPortGroup)
        .End();

    /// <summary>Reads a nexus; null where the frame is none.</summary>
    public static (ulong Number, OwnedNexus Nexus)? Read(
        ref FrameReader frame, LoopActivity activity, DateTimeOffset now)
    {
        var number = frame.Long();
        var initiator = new InitiatorPort(
            frame.Text(), frame.Text(), frame.Bytes().ToArray(), frame.Text(), frame.Text());
        var port = new PeerPort(frame.Text(), frame.Text(), frame.Byte())
        {
            RelativePortIdentifier = (ushort)frame.Word(),
            TargetPortGroup = (ushort)frame.Word(),
        };
        if (frame.Failed || initiator.Name.Length == 0) return null;
        return (number, new OwnedNexus(new ItNexus(number, initiator, port, activity.Loop, LunMap.Empty, now)
        {
            Activity = activity,
        }));
    }
}
