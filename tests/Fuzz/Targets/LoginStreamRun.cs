using System.Runtime.InteropServices;
using Lunette.DeviceServer;
using Lunette.Fuzz.Engine;
using Lunette.Iscsi;
using Lunette.Port.Iscsi;
using Lunette.Port.Iscsi.Login;
using Lunette.Port.Virtual;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Streams;

namespace Lunette.Fuzz.Targets;

/// <summary>
/// A connection that never gets in, for one input: its bytes before login, in memory and in virtual time, against the
/// target's shell with its framing and its deadline. CHAP is required, with a secret that no input has. The first byte
/// says how large the pieces are in which the stream comes.
/// </summary>
internal sealed class LoginStreamRun : IDisposable
{
    private static readonly BufferPool s_idlePool = new(1 << 20);

    // Its threads only ever wait: the login lives on a loop of its own here.
    private static readonly LoopGroup s_loops = LoopGroup.Start(new LoopGroupOptions { Count = 1 }, s_idlePool);

    private readonly BufferPool _pool = new(64 << 20);
    private readonly ManualLoop _loop = new();
    private readonly VirtualTarget _target;
    private readonly IscsiPortProvider _provider;
    private readonly MemoryConnection _wire;
    private readonly List<byte> _received = [];

    private LoginStreamRun()
    {
        _target = VirtualTarget.StartAsync(new FallbackUnit(), []).GetAwaiter().GetResult();
        _provider = new IscsiPortProvider(s_loops, _target, new Required());
        var port = _provider.AddTarget(new IscsiTargetSettings(IscsiName.Parse("iqn.2026-11.example:t")))!;
        port.OnlineAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        _wire = new MemoryConnection(_loop, _pool);
        var login = new LoginConnection(_provider, 1, _wire);
        _provider.Pending.Add(login, out _);
        _wire.Start(login);
        _loop.Pump();
    }

    /// <summary>Feeds an input and checks.</summary>
    public static void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        using var run = new LoginStreamRun();
        var stream = input[1..].ToArray();
        var piece = input[0] == 0 ? Math.Max(stream.Length, 1) : input[0];
        for (var at = 0; at < stream.Length; at += piece)
        {
            run._wire.Put(stream.AsMemory(at, Math.Min(piece, stream.Length - at)));
            run.Take();
        }
        run.Finish();
    }

    private void Take()
    {
        _loop.Pump();
        _received.AddRange(_wire.Take());
        while (_received.Count >= BasicHeaderSegment.Length)
        {
            var all = CollectionsMarshal.AsSpan(_received);
            var framing = new PduFraming(all, headerDigest: false, dataDigest: false);
            if (all.Length < framing.TotalLength) break;
            var header = new BasicHeaderSegment((ReadOnlySpan<byte>)all);
            FuzzException.Unless(header.OpCode == PduOpCode.LoginResponse, $"the target sends {header.OpCode}");
            var response = LoginResponse.Over(header);
            FuzzException.Unless(
                !response.Transit || response.NextStage != LoginStage.FullFeaturePhase, "let in without a proof");
            _received.RemoveRange(0, framing.TotalLength);
        }
    }

    private void Finish()
    {
        Take();
        // The deadline of a login, whatever was said.
        for (var seconds = 0; seconds < 60; seconds += 5) _loop.Advance(TimeSpan.FromSeconds(5));
        Take();
        FuzzException.Unless(_received.Count == 0, "half a PDU was sent");
        FuzzException.Unless(_wire.IsShut, "a login has no end");
        FuzzException.Unless(_provider.Pending.Count == 0, "it is still pending");
        _wire.ClosePeer();
        _loop.Pump();
        _wire.Dispose();
        _target.Dispose();
        FuzzException.Unless(_pool.DescribeLeases().Count == 0, $"left: {string.Join(", ", _pool.DescribeLeases())}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // A pool with leases out says so itself; it must not speak over what was found before.
        if (_pool.DescribeLeases().Count == 0) _pool.Dispose();
    }

    private sealed class Required : ILoginAuthority
    {
        private static readonly TargetAuthenticationTerms s_terms = new()
        {
            Required = true,
            Initiator = new ChapCredentials("user", new ChapSecret("0123456789ab"u8)),
        };

        public ValueTask<TargetAuthenticationTerms?> AuthorizeAsync(
            LoginIdentity identity, IscsiTargetPort? target, CancellationToken stop) =>
            ValueTask.FromResult<TargetAuthenticationTerms?>(s_terms);
    }
}
