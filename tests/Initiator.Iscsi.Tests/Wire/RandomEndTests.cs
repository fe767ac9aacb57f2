using System.Buffers.Binary;
using Lunette.Iscsi;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Testing.Wire;

namespace Lunette.Initiator.Iscsi.Tests.Wire;

/// <summary>
/// Over TCP, with callers that read, cancel, block, reset, connect and discover: everything is disposed of at a moment
/// nobody chose, in whatever order, and every call ends.
/// </summary>
public class RandomEndTests
{
    private const int Rounds = 40;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task Dispose_AtAnyMomentInAnyOrder_EveryCallEnds(bool portable, int seed)
    {
        await using var target = await LunetteTarget.StartAsync(null);
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            await using var world = await World.StartAsync(target.Port, portable, random);
            var callers = world.StartCallers();
            await world.UntilAsync(random.Next(1, 120));
            var how = random.Next(World.WaysToEnd);
            var ending = world.EndAsync(how);
            try
            {
                await Task.WhenAll([.. callers, ending]).WaitAsync(s_patience, Stop);
            }
            catch (TimeoutException)
            {
                Assert.Fail($"round {round} of seed {seed}, way {how}: {world.Describe(callers, ending)}");
            }
            Assert.All(world.Sessions, session => Assert.Equal(IscsiSessionState.Ended, session.State));
        }
    }

    private sealed class World : IAsyncDisposable
    {
        public const int WaysToEnd = 6;

        private const int Callers = 10;

        private readonly BufferPool _buffers = new(64 << 20);
        private readonly LoopGroup _loops;
        private readonly IscsiInitiator _initiator;
        private readonly List<IscsiSession> _sessions = [];
        private readonly int[] _doing = new int[Callers];
        private readonly int _port;
        private readonly int _seed;
        private volatile bool _isOver;
        private int _calls;

        private World(int port, bool portable, Random random)
        {
            _port = port;
            _seed = random.Next();
            _loops = LoopGroup.Start(
                new LoopGroupOptions { Count = random.Next(1, 3), Portable = portable, Spin = random.Next(2) == 0 },
                _buffers);
            _initiator = new IscsiInitiator(
                new IscsiInitiatorOptions { Name = IscsiName.Parse("iqn.2001-04.com.example:host") }, _loops);
        }

        public IReadOnlyList<IscsiSession> Sessions => _sessions;

        public static async Task<World> StartAsync(int port, bool portable, Random random)
        {
            var world = new World(port, portable, random);
            for (var i = random.Next(1, 4); i > 0; i--)
                world._sessions.Add(await world.ConnectAsync(inline: random.Next(3) == 0, CancellationToken.None));
            return world;
        }

        public List<Task> StartCallers() => [.. Enumerable.Range(0, Callers).Select(
            caller => Task.Run(() => CallAsync(caller), CancellationToken.None))];

        /// <summary>So many calls have ended.</summary>
        public async Task UntilAsync(int calls)
        {
            var begun = TimeProvider.System.GetTimestamp();
            while (Volatile.Read(ref _calls) < calls)
            {
                Assert.True(TimeProvider.System.GetElapsedTime(begun) < s_patience, "calls do not end");
                await Task.Yield();
            }
        }

        public async Task EndAsync(int how)
        {
            await Task.Yield();
            switch (how)
            {
                case 0: await EndSessionsAsync(); break;
                case 1: await _initiator.DisposeAsync(); break;
                case 2: await Task.WhenAll(Twice(_initiator), Twice(_initiator)); break;
                case 3: await _loops.DisposeAsync(); break;
                case 4: await Task.WhenAll(EndSessionsAsync(), Twice(_initiator), Twice(_loops)); break;
                default:
                    // From whoever goes on after a command, inline where the session is made so.
                    await ReadAsync(_sessions[0], CancellationToken.None).ConfigureAwait(false);
                    await _initiator.DisposeAsync().ConfigureAwait(false);
                    break;
            }
            _isOver = true;
        }

        public string Describe(List<Task> callers, Task ending) =>
            $"ending {ending.Status}; callers " + string.Join(
                ", ", callers.Select((caller, i) => caller.IsCompleted ? "done" : $"at {_doing[i]}"))
            + "; sessions " + string.Join(", ", _sessions.Select(session => session.State));

        public async ValueTask DisposeAsync()
        {
            await _initiator.DisposeAsync().AsTask().WaitAsync(s_patience, CancellationToken.None);
            await _loops.DisposeAsync().AsTask().WaitAsync(s_patience, CancellationToken.None);
            _buffers.Dispose();
        }

        private static async Task Twice(IAsyncDisposable what)
        {
            var first = what.DisposeAsync();
            await what.DisposeAsync();
            await first;
        }

        private Task EndSessionsAsync() =>
            Task.WhenAll(_sessions.Select(session => session.DisposeAsync().AsTask()));

        private async Task CallAsync(int caller)
        {
            var random = new Random(_seed + caller);
            var session = _sessions[caller % _sessions.Count];
            for (var i = 0; !_isOver; i++)
            {
                _doing[caller] = random.Next(20);
                try
                {
                    if (!await CallOnceAsync(session, caller, _doing[caller])) return;
                }
                catch (OperationCanceledException)
                {
                }
                catch (ObjectDisposedException)
                {
                    return;
                }
                catch (IscsiException ended)
                    when (ended.Fault.Kind is IscsiFaultKind.Closed or IscsiFaultKind.ConnectFailed)
                {
                    return;
                }
                Interlocked.Increment(ref _calls);
            }
        }

        // False where the session has ended.
        private async Task<bool> CallOnceAsync(IscsiSession session, int caller, int what)
        {
            using var stop = new CancellationTokenSource();
            switch (what)
            {
                case 0 or 1 or 2:
                    var cancelled = ReadAsync(session, stop.Token);
                    await stop.CancelAsync();
                    return MayGoOn(await cancelled);
                case 3:
                    var function = await session.ManageAsync(TaskManagementFunction.LogicalUnitReset, Lun.Zero);
                    return function.Fault is null;
                case 4:
                    await using (await ConnectAsync(inline: false, stop.Token)) return true;
                case 5:
                    await _initiator.DiscoverAsync(new PortalAddress("127.0.0.1", _port), null, stop.Token);
                    return true;
                case 6:
                    session.Reinstate("the test says so");
                    return true;
                case 7:
                    await session.DescribeAsync();
                    return true;
                case 8 when caller == 0:
                    // Goes on in the pool, so that it never blocks a loop.
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                    var blocking = ReadAsync(session, CancellationToken.None).AsTask();
                    Assert.True(blocking.Wait(s_patience, CancellationToken.None));
                    return MayGoOn(await blocking);
                default:
                    return MayGoOn(await ReadAsync(session, CancellationToken.None).ConfigureAwait(false));
            }
        }

        // Functions of others end commands, and so does each new nexus.
        private static bool MayGoOn(in ScsiResult result) => result.Outcome != CommandOutcome.SessionEnded;

        private Task<IscsiSession> ConnectAsync(bool inline, CancellationToken cancellation) =>
            IscsiSession.ConnectAsync(
                _initiator,
                new IscsiSessionOptions
                {
                    TargetName = IWireTarget.Name,
                    Portals = [new PortalAddress("127.0.0.1", _port)],
                    InlineContinuations = inline,
                },
                cancellation);

        private static ValueTask<ScsiResult> ReadAsync(IscsiSession session, CancellationToken cancellation)
        {
            var cdb = new byte[16];
            cdb[0] = 0x88;
            BinaryPrimitives.WriteUInt64BigEndian(cdb.AsSpan(2), 8);
            cdb[13] = 8;
            return session.ExecuteAsync(new IscsiCommand(Lun.Zero, cdb), new byte[4096], default, cancellation);
        }
    }
}
