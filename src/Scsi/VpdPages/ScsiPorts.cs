namespace Lunette.Scsi;

/// <summary>One port of the SCSI Ports VPD page.</summary>
/// <param name="RelativePortIdentifier">RELATIVE PORT IDENTIFIER, from 1.</param>
/// <param name="InitiatorPort">The port as an initiator, or null.</param>
/// <param name="TargetPorts">The port as a target: designators with a target port association.</param>
public sealed record ScsiPort(
    ushort RelativePortIdentifier, TransportId? InitiatorPort, IReadOnlyList<Designator> TargetPorts);

/// <summary>SCSI Ports VPD page, 88h.</summary>
public static class ScsiPorts
{
    /// <summary>Writes the page.</summary>
    public static void Write(ref ParameterDataWriter to, Peripheral peripheral, IReadOnlyList<ScsiPort> ports)
    {
        var at = VpdPage.Begin(ref to, peripheral, VpdPageCode.ScsiPorts);
        for (var i = 0; i < ports.Count; i++)
        {
            var port = ports[i];
            to.WriteUInt16(0);
            to.WriteUInt16(port.RelativePortIdentifier);
            to.WriteUInt16(0);
            to.WriteUInt16(port.InitiatorPort?.Length ?? 0);
            if (port.InitiatorPort is { } initiator) to.Write(initiator.Wire);
            to.WriteUInt16(0);
            var lengthAt = to.ReserveUInt16();
            for (var j = 0; j < port.TargetPorts.Count; j++) port.TargetPorts[j].Write(ref to);
            to.CloseUInt16(lengthAt);
        }

        VpdPage.End(ref to, at);
    }

    /// <summary>Reads an untrusted page up to the first port that is cut off; null when it is none.</summary>
    public static IReadOnlyList<ScsiPort>? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!VpdPage.TryOpen(bytes, VpdPageCode.ScsiPorts, out var view)) return null;
        List<ScsiPort> ports = [];
        var at = VpdPage.HeaderLength;
        while (view.Has(at, 12))
        {
            var initiatorLength = view.UInt16(at + 6);
            var targets = at + 8 + initiatorLength;
            if (!view.Has(targets, 4 + view.UInt16(targets + 2))) break;
            TransportId.TryRead(view.Slice(at + 8, initiatorLength), out var initiator, out _, out _);
            var designators = DeviceIdentification.ParseList(view.Slice(targets + 4, view.UInt16(targets + 2)));
            ports.Add(new(view.UInt16(at + 2), initiator, designators));
            at = targets + 4 + view.UInt16(targets + 2);
        }

        return ports;
    }
}
