using Lunette.Iscsi;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Sockets;
using Lunette.Runtime.Streams;

namespace Lunette.Initiator.Iscsi;

/// <summary>
/// An initiator node: its name, and the loops its sessions and discoveries live on. Sessions are made with
/// <see cref="IscsiSession.ConnectAsync"/>; those that are still open when the initiator is disposed end with it.
/// </summary>
public sealed class IscsiInitiator : IAsyncDisposable
{
    // Headers on their way out and partial PDUs; data lies in the callers' memory.
    private const long BuffersBytesMax = 256L << 20;

    private readonly Func<IStreamDialer> _next;
    private readonly Lock _gate = new();
    private readonly HashSet<ConnectionClient> _clients = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LoopGroup? _ownLoops;
    private BufferPool? _ownBuffers;
    private bool _isDisposed;

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
        options.Check();
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
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    /// <exception cref="ObjectDisposedException">The initiator has been disposed.</exception>
    public async Task<IReadOnlyList<TargetRecord>> DiscoverAsync(
        PortalAddress portal, IscsiLoginOptions? login = null, CancellationToken cancellation = default)
    {
        login ??= new IscsiLoginOptions();
        login.Check();
        var discovery = new DiscoveryMachine(this, login, portal);
        Start(discovery);
        var giveUp = discovery.Call(discovery.Close);
        using (cancellation.UnsafeRegister(_ => discovery.Loop.Post(giveUp), null))
        {
            try
            {
                return await discovery.Outcome;
            }
            catch (IscsiException) when (cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellation);
            }
        }
    }

    /// <summary>Ends what is still open, each session with a logout within its time, and then its own loops, where it
    /// has any. Every command, function and discovery ends with that.</summary>
    public async ValueTask DisposeAsync()
    {
        if (TryTakeOpen(out var open)) await EndAsync(open);
        else await _ended.Task;
    }

    internal IStreamDialer NextDialer() => _next();

    /// <summary>Begins a session or a discovery, which it has from then on.</summary>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    internal void Start(ConnectionClient client)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _clients.Add(client);
        }
        client.Start();
    }

    /// <summary>One has ended.</summary>
    internal void Forget(ConnectionClient client)
    {
        lock (_gate) _clients.Remove(client);
    }

    // The first time only.
    private bool TryTakeOpen(out ConnectionClient[] open)
    {
        lock (_gate)
        {
            open = [.. _clients];
            var isFirst = !_isDisposed;
            _isDisposed = true;
            return isFirst;
        }
    }

    private async Task EndAsync(ConnectionClient[] open)
    {
        try
        {
            foreach (var client in open) client.Loop.Post(client.Call(client.Close));
            foreach (var client in open) await client.WhenEnded;
            if (_ownLoops is not null) await _ownLoops.DisposeAsync();
            _ownBuffers?.Dispose();
        }
        finally
        {
            _ended.TrySetResult();
        }
    }
}

/// <summary>A call from the control plane onto a loop.</summary>
internal sealed class Call(Action act, Action<Exception> faulted, Action? refused) : LoopWork
{
    public override void Run() => act();

    public override void Faulted(Exception fault) => faulted(fault);

    public override void Refused() => refused?.Invoke();
}
