namespace Lunette.Stmf.Contracts;

/// <summary>
/// A target port (a local port in STMF's words): what a port provider registers. It knows no logical unit.
/// </summary>
public abstract class TargetPort
{
    /// <summary>Its name in canonical form, such as <c>iqn.2026-11.example:disks</c>; target groups list it.</summary>
    public abstract string Name { get; }

    /// <summary>The name of the SCSI port: for iSCSI the name with <c>,t,0x</c> and the portal group tag.</summary>
    public abstract string PortName { get; }

    /// <summary>The administrator's alias; empty where there is none.</summary>
    public abstract string Alias { get; }

    /// <summary>The port provider, such as <c>iscsit</c>.</summary>
    public abstract string ProviderName { get; }

    /// <summary>Protocol identifier (SPC-6, PROTOCOL IDENTIFIER values): 5 is iSCSI.</summary>
    public abstract byte ProtocolIdentifier { get; }

    /// <summary>RELATIVE TARGET PORT IDENTIFIER, 1 and up; given by the framework and kept in its
    /// configuration.</summary>
    public ushort RelativePortIdentifier { get; set; }

    /// <summary>TARGET PORT GROUP the port is in (asymmetric access); given by the framework.</summary>
    public ushort TargetPortGroup { get; set; } = 1;

    /// <summary>
    /// Takes the port into service; sessions may be opened from now on. Control plane.
    /// </summary>
    public abstract ValueTask<ControlResult> OnlineAsync(CancellationToken stop);

    /// <summary>
    /// Takes it out of service: no new session, each initiator with one is asked to log out, and what has not gone by
    /// the deadline is dropped. Done when the last session is closed.
    /// </summary>
    /// <param name="deadline">How long the initiators have.</param>
    /// <param name="stop">Ends the wait: connections are dropped at once.</param>
    public abstract ValueTask<ControlResult> OfflineAsync(TimeSpan deadline, CancellationToken stop);

    /// <summary>
    /// Begins to capture what goes over the wire of one of its sessions; null where the session is over, or the port
    /// has no wire.
    /// </summary>
    public virtual ISessionCapture? Capture(ItNexus nexus) => null;

    /// <summary>The framework has taken note of the last transition; only now may the next one begin.</summary>
    public virtual void TransitionAcknowledged()
    {
    }
}
