using Lunette.Adapter.Transports;
using Lunette.Admin.Contracts;
using Lunette.Runtime.Loops;

namespace Lunette.Admin.Adapters;

/// <summary>Makes the transports of adapters: the daemon's, which alone knows what there is.</summary>
public interface IAdapterTransports
{
    /// <summary>Makes the transport of a definition that was judged lawful.</summary>
    ValueTask<StmfResult<OpenedTransport>> OpenAsync(AdapterDefinition definition);
}

/// <summary>A transport with what belongs to it.</summary>
/// <param name="Transport">The transport; its adapter owns it.</param>
/// <param name="Loop">The loop its adapter lives on.</param>
/// <param name="CloseAsync">Ends what was made for it, after the adapter has ended.</param>
public sealed record OpenedTransport(IAdapterTransport Transport, Loop Loop, Func<ValueTask> CloseAsync)
{
    /// <summary>The adapter's own target side; null where the transport has none.</summary>
    public AdapterTargetSide? TargetSide { get; init; }
}
