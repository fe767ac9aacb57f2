using Lunette.Adapter.Disks;
using Lunette.Initiator.Iscsi;
using Lunette.Iscsi;
using Lunette.Runtime.Loops;

namespace Lunette.Adapter.Iscsi;

/// <summary>How a program reaches a disk of the network.</summary>
public sealed record IscsiDiskOptions
{
    /// <summary>What the program is, as an initiator.</summary>
    public IscsiInitiatorOptions Initiator { get; init; } =
        new() { Name = IscsiName.Parse("iqn.2026-11.org.lunette:program") };

    /// <summary>The disk's attributes: queue depth, timeouts, retries, reserve policy.</summary>
    public ScsiDiskOptions Disk { get; init; } = new();

    /// <summary>The threads its session lives on.</summary>
    public LoopGroupOptions Loops { get; init; } = new() { Count = 1, Spin = false };
}
