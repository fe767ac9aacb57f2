using Lunette.Port.Virtual;
using Lunette.Stmf.Contracts;

namespace Lunette.Adapter.Virtual;

/// <summary>A virtual port bound to a SCSI ID.</summary>
/// <param name="ScsiId">The ID.</param>
/// <param name="Framework">The framework the port is registered with.</param>
/// <param name="Port">The port.</param>
public sealed record VirtualBinding(ulong ScsiId, ITargetFramework Framework, VirtualTargetPort Port)
{
    /// <summary>Binds a whole target that needs no configuration.</summary>
    public VirtualBinding(ulong scsiId, VirtualTarget target) : this(scsiId, target, target.Port)
    {
    }
}
