using System.Net;
using Lunette.Admin.Contracts;
using Lunette.Admin.Iscsi;
using Lunette.Port.Iscsi;
using Lunette.Runtime.Streams;
using Lunette.Stmf;

namespace Lunette.Daemon.Starting;

/// <summary>What <c>lunette serve</c> was asked for.</summary>
public sealed record ServeOptions
{
    /// <summary>The state directory.</summary>
    public required LunetteHome Home { get; init; }

    /// <summary>Where the default portal group listens; port 0 takes any that is free.</summary>
    public IReadOnlyList<IPEndPoint> Portals { get; init; } = [new(IPAddress.Loopback, PortalText.PortDefault)];

    /// <summary>Event loops that carry sessions; 0 is one per core.</summary>
    public int Loops { get; init; }

    /// <summary>Whether loops may poll a little before they sleep.</summary>
    public bool Spin { get; init; } = true;

    /// <summary>Whether loops are made of the base library's sockets alone, as on systems other than Linux.</summary>
    public bool Portable { get; init; }

    /// <summary>Size in bytes of a RAM disk that is there beside everything else and gone with the process; 0 for none.
    /// It is shown to all initiators at the lowest free logical unit number.</summary>
    public long RamBytes { get; init; }

    /// <summary>What kind of disk that RAM disk is.</summary>
    public RamDiskShape RamShape { get; init; } = new();

    /// <summary>Size in bytes of the disk made at the first start.</summary>
    public long FirstDiskBytes { get; init; } = 1L << 30;

    /// <summary>How long initiators have to log out when the daemon ends.</summary>
    public TimeSpan StopDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bounds, times and terms of the iSCSI port.</summary>
    public IscsiPortOptions Iscsi { get; init; } = new();

    /// <summary>Bounds of each connection.</summary>
    public StreamOptions Streams { get; init; } = new();

    /// <summary>Commands a logical unit takes at most, of all its initiators together.</summary>
    public int UnitCommandsMax { get; init; } = 4096;

    /// <summary>How long a store may answer nobody before its logical unit refuses commands.</summary>
    public TimeSpan StallTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes that buffers may take in all.</summary>
    public long BufferBytes { get; init; } = 1L << 30;

    /// <summary>Where metrics are served over HTTP; null for nowhere.</summary>
    public IPEndPoint? Metrics { get; init; }

    /// <summary>Bounds and times of the framework.</summary>
    public StmfOptions Stmf { get; init; } = new();

    /// <summary>What generated iSCSI names begin with.</summary>
    public string NamingAuthority { get; init; } = "iqn.2026-11.org.lunette";

    /// <summary>This machine's name, the end of the first target's name.</summary>
    public string MachineName { get; init; } = "disk";

    /// <summary>The group whose members administer, by name or number; null for <c>lunette</c> where there is such a
    /// group, else the daemon's own.</summary>
    public string? AdminGroup { get; init; }

    /// <summary>The group whose members may look, by name or number; null for <c>lunette-read</c> where there is such a
    /// group, else nobody.</summary>
    public string? ReadGroup { get; init; }

    /// <summary>What the user calls the program: with its path where it was called by one.</summary>
    public string CalledAs { get; init; } = "lunette";

    /// <summary>Whether everything that happens is logged, not only what matters.</summary>
    public bool Verbose { get; init; }
}
