namespace Lunette.Stmf.Contracts;

/// <summary>
/// An initiator port as the framework knows it.
/// </summary>
/// <param name="Name">The initiator's device name, which host groups list: <c>iqn.</c>, <c>eui.</c>, <c>naa.</c>,
/// <c>wwn.</c> in canonical form.</param>
/// <param name="PortName">The name of the port itself; for iSCSI the name with <c>,i,0x</c> and the ISID.</param>
/// <param name="TransportId">The port in TransportID form (SPC-6, TransportID identifiers), for persistent
/// reservations.</param>
/// <param name="Alias">What it calls itself; empty where it does not say.</param>
/// <param name="Address">Where it comes from, for people, such as <c>192.0.2.7:51234</c>.</param>
public sealed record InitiatorPort(string Name, string PortName, ReadOnlyMemory<byte> TransportId, string Alias,
    string Address);
