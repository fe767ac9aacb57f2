using Lunette.Scsi;

namespace Lunette.DeviceServer.Reservations;

/// <summary>
/// One registration (SPC-6, Persistent reservations): an initiator port, the target port it registered through, and its
/// reservation key. Whether the I_T nexus exists just now does not matter to it.
/// </summary>
/// <param name="Initiator">The initiator port.</param>
/// <param name="TargetPort">RELATIVE TARGET PORT IDENTIFIER.</param>
/// <param name="Key">RESERVATION KEY; never zero.</param>
/// <param name="AllTargetPorts">It was made with ALL_TG_PT.</param>
public sealed record Registrant(TransportId Initiator, ushort TargetPort, ulong Key, bool AllTargetPorts = false)
{
    /// <summary>Whether it is the registration of an I_T nexus.</summary>
    public bool IsOf(ItPorts nexus) => TargetPort == nexus.TargetPort && Initiator.Equals(nexus.Initiator);
}

/// <summary>The two ports of an I_T nexus, which is what a registration is known by.</summary>
/// <param name="Initiator">The initiator port.</param>
/// <param name="TargetPort">RELATIVE TARGET PORT IDENTIFIER.</param>
public readonly record struct ItPorts(TransportId Initiator, ushort TargetPort);
