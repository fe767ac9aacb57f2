using Lunette.Iscsi;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Sockets;
using Lunette.Runtime.Streams;

namespace Lunette.Initiator.Iscsi;

/// <summary>
/// An initiator node: its name, and the loops its sessions and discoveries live on. Sessions are made with
/// <see cref="IscsiSession.ConnectAsync"/> and are to be closed before the initiator is disposed.
/// </summary>
public sealed class IscsiInitiator : IAsyncDisposable
{
    // Headers on their way out and partial PDUs; data lies in the callers' memory.
    private const long BuffersBytesMax = 256L << 20;

    private readonly Func<IStreamDialer> _next;
    private LoopGroup? _ownLoops;
    private BufferPool? _ownBuffers;

    /// <summary>Makes an initiator whose connections are made by others, for tests and simulation.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="dialer">Makes its connections.</param>
    public IscsiInitiator(IscsiInitiatorOptions options, IStreamDialer dialer) : this(options, () => dialer)
    {
    }

    /// <summary>Makes an initiator on loops of the caller, which must outlive it.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="loops">Where its sessions live.</param>
    public IscsiInitiator(IscsiInitiatorOptions options, LoopGroup loops)
        : this(options, () => new SocketDialer(loops.LeastLoaded()))
    {
    }

    private IscsiInitiator(IscsiInitiatorOptions options, Func<IStreamDialer> next)
    {
        Options = options;
        _next = next;
    }

    /// <summary>What it is.</summary>
    public IscsiInitiatorOptions Options { get; }

    /// <summary>Makes an initiator with loops of its own.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="loops">How many loops, of which make; null for one of the system's best that sleeps whenever it has
    /// nothing to do. One that polls before it sleeps answers a single command in half the time, for the CPU of a whole
    /// core.</param>
    public static IscsiInitiator Start(IscsiInitiatorOptions options, LoopGroupOptions? loops = null)
    {
        var buffers = new BufferPool(BuffersBytesMax);
        var group = LoopGroup.Start(loops ?? new LoopGroupOptions { Count = 1, Spin = false }, buffers);
        return new IscsiInitiator(options, group) { _ownLoops = group, _ownBuffers = buffers };
    }

    /// <summary>Asks a portal for its targets (SendTargets=All in a discovery session).</summary>
    /// <param name="portal">Whom to ask.</param>
    /// <param name="login">How to log in; null for the defaults.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IscsiException">There was no answer, or none that can be used.</exception>
    public async Task<IReadOnlyList<TargetRecord>> DiscoverAsync(
        PortalAddress portal, IscsiLoginOptions? login = null, CancellationToken cancellation = default)
    {
        var dialer = _next();
        var discovery = new DiscoveryMachine(Options, login ?? new IscsiLoginOptions(), dialer, portal);
        dialer.Loop.Post(new Call(discovery.Begin));
        var giveUp = new Call(discovery.Cancel);
        using (cancellation.UnsafeRegister(_ => dialer.Loop.Post(giveUp), null))
        {
            var targets = await discovery.Outcome;
            cancellation.ThrowIfCancellationRequested();
            return targets;
        }
    }

    /// <summary>Ends its own loops, where it has any.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ownLoops is not null) await _ownLoops.DisposeAsync();
        _ownBuffers?.Dispose();
        _ownLoops = null;
        _ownBuffers = null;
    }

    internal IStreamDialer NextDialer() => _next();
}

/// <summary>A call from the control plane onto a loop.</summary>
internal sealed class Call(Action act) : LoopWork
{
    public override void Run() => act();
}
