using System.Buffers.Binary;
using Lunette.Initiator.Iscsi.Tests.Kit;
using Lunette.Iscsi;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Testing.Wire;
using static Lunette.Initiator.Iscsi.Tests.Kit.SimulatedNetwork;

namespace Lunette.Initiator.Iscsi.Tests;

/// <summary>Where callers go on, and what becomes of what they start there.</summary>
public sealed class ContinuationTests : IDisposable
{
    private readonly SimulatedNetwork _net = new();

    public void Dispose() => _net.Dispose();

    [Fact]
    public async Task Manage_BehindACommandOfTheSameCaller_DoesNotOvertakeIt()
    {
        var arrived = new List<string>();
        var tags = new List<uint>();
        _net.Target.OnPdu = (side, bhs, _) =>
        {
            var header = new BasicHeaderSegment(bhs);
            if (header.OpCode is PduOpCode.ScsiCommand) tags.Add(header.InitiatorTaskTag.Value);
            if (header.OpCode is PduOpCode.ScsiCommand or PduOpCode.TaskManagementRequest)
                arrived.Add(header.OpCode.ToString());
            if (header.OpCode is PduOpCode.TaskManagementRequest)
                side.Answer(header.InitiatorTaskTag.Value, TaskManagementResponseCode.FunctionComplete);
            return header.OpCode is PduOpCode.ScsiCommand or PduOpCode.TaskManagementRequest;
        };
        var session = await _net.ConnectAsync(_net.Options with { InlineContinuations = false });
        // Two callers in one batch: what the first starts is kept while the second waits behind it.
        var first = StartAndResetAsync(session);
        var second = Start(session, Read10(1, 1), new byte[512]);
        _net.Pump();
        foreach (var tag in tags.ToArray()) _net.Target.Last.Respond(tag, ScsiStatus.Good);
        await UntilAsync(Task.WhenAll(first, second));

        Assert.Equal(["ScsiCommand", "ScsiCommand", "ScsiCommand", "TaskManagementRequest"], arrived);
        _net.Target.OnPdu = null;
        await UntilAsync(session.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task Awaited_BeforeTheEndOrTwice_ThrowsAndNoOtherCommandIsHurt()
    {
        var session = await _net.ConnectAsync(_net.Options);
        var command = new IscsiCommand(Lun.Zero, Read10(0, 1));
        var first = session.ExecuteAsync(
            command, new byte[512], cancellation: TestContext.Current.CancellationToken);
        Assert.Throws<InvalidOperationException>(() => first.GetAwaiter().GetResult());
        await UntilAsync(first.AsTask());
        Assert.Throws<InvalidOperationException>(() => first.GetAwaiter().GetResult());
        // Nobody's object is given out twice.
        var others = Enumerable.Range(0, 8).Select(i => Start(session, Read10(i, 1), new byte[512])).ToArray();
        Assert.Throws<InvalidOperationException>(() => first.GetAwaiter().GetResult());
        await UntilAsync(Task.WhenAll(others));
        foreach (var other in others) Assert.True((await other).IsGood);
        await UntilAsync(session.DisposeAsync().AsTask());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    public async Task Callers_GoOnInThePool_AlsoWhereItsThreadRunsTheLoop(int depth)
    {
        await using var target = await LunetteTarget.StartAsync(null);
        await using var initiator = NewInitiator();
        await using var session = await ConnectAsync(initiator, target.Port);
        var elsewhere = 0;
        await AllAsync(depth, async index =>
        {
            for (var i = 0; i < 2000; i++)
            {
                Assert.True((await ReadAsync(session, index)).IsGood);
                if (!Thread.CurrentThread.IsThreadPoolThread) Interlocked.Increment(ref elsewhere);
            }
        });
        Assert.Equal(0, elsewhere);
    }

    [Fact]
    public async Task Caller_ThatBlocksOnItsNextCommand_HoldsUpNobodyForLong()
    {
        await using var target = await LunetteTarget.StartAsync(null);
        await using var initiator = NewInitiator();
        await using var session = await ConnectAsync(initiator, target.Port);
        await AllAsync(4, async index =>
        {
            for (var i = 0; i < 2000; i++)
            {
                Assert.True((await ReadAsync(session, index)).IsGood);
                // Whoever blocks here does so on the thread that may be running the loop.
                if (index == 0 && i % 100 == 0) Assert.True(Block(ReadAsync(session, index)).IsGood);
            }
        });
    }

    [Fact]
    public async Task Loop_WithAnotherConnectionOnIt_IsRunByItsOwnThread()
    {
        await using var target = await LunetteTarget.StartAsync(null);
        using var buffers = new BufferPool(64 << 20);
        await using var loops = LoopGroup.Start(new LoopGroupOptions { Count = 1 }, buffers);
        await using var initiator = new IscsiInitiator(NodeOptions, loops);
        await using var session = await ConnectAsync(initiator, target.Port);
        using var done = new CancellationTokenSource();
        var (inThePool, watches) = (0, 0);
        var busy = AllAsync(1, async index =>
        {
            while (!done.IsCancellationRequested)
            {
                Assert.True((await ReadAsync(session, index)).IsGood);
                // This caller is in the pool; on the thread that runs the loop, where it is lent.
                loops.Loops[0].Post(new Do(() =>
                {
                    if (Volatile.Read(ref watches) == 0) return;
                    if (Thread.CurrentThread.IsThreadPoolThread) Interlocked.Increment(ref inThePool);
                    Interlocked.Increment(ref watches);
                }));
            }
        });
        await using var other = await ConnectAsync(initiator, target.Port);
        // It may have come in a round of the borrower, who leaves after that one.
        while (await IsRunInThePoolAsync(loops.Loops[0])) await Task.Yield();
        Volatile.Write(ref watches, 1);
        var begun = TimeProvider.System.GetTimestamp();
        while (Volatile.Read(ref watches) < 2000 && !busy.IsCompleted)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience, "reads do not end");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
        await done.CancelAsync();
        await busy;
        Assert.Equal(0, inThePool);
    }

    [Fact]
    public async Task Sessions_ThatComeAndGo_WithCallersThatCancelAndBlock_LeaveNobodyWaiting()
    {
        await using var target = await LunetteTarget.StartAsync(null);
        await using var initiator = NewInitiator();
        await AllAsync(4, async index =>
        {
            for (var i = 0; i < 5; i++)
            {
                var session = await ConnectAsync(initiator, target.Port);
                var callers = Enumerable.Range(0, 4).Select(caller => CallAsync(session, index, caller)).ToArray();
                // Every other session ends while its callers are at it.
                if (i % 2 == 0) await Task.WhenAll(callers);
                await session.DisposeAsync();
                await Task.WhenAll(callers);
            }
        });
    }

    private static async Task CallAsync(IscsiSession session, int index, int caller)
    {
        await Task.Yield();
        for (var i = 0; i < 60; i++)
        {
            using var stop = new CancellationTokenSource();
            var reading = ReadAsync(session, index, stop.Token);
            if (caller == 0 && i % 3 == 0) await stop.CancelAsync();
            try
            {
                var result = caller == 1 && i % 20 == 0 ? Block(reading) : await reading;
                if (result.Outcome == CommandOutcome.SessionEnded) return;
                Assert.True(result.IsGood, result.Describe());
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    private static async Task<bool> IsRunInThePoolAsync(Loop loop)
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(new Do(() => answer.SetResult(Thread.CurrentThread.IsThreadPoolThread)));
        return await answer.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    private static ScsiResult Block(ValueTask<ScsiResult> reading)
    {
        var task = reading.AsTask();
        Assert.True(task.Wait(Patience, TestContext.Current.CancellationToken));
        return task.GetAwaiter().GetResult();
    }

    private static async Task StartAndResetAsync(IscsiSession session)
    {
        var held = new byte[512];
        await session.ExecuteAsync(new IscsiCommand(Lun.Zero, Read10(0, 1)), held).ConfigureAwait(false);
        var next = session.ExecuteAsync(new IscsiCommand(Lun.Zero, Read10(2, 1)), held).AsTask();
        await session.ManageAsync(TaskManagementFunction.LogicalUnitReset, Lun.Zero).ConfigureAwait(false);
        await next.ConfigureAwait(false);
    }

    // The network is the test's to move; callers go on in the pool meanwhile.
    private async Task UntilAsync(Task done)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!done.IsCompleted)
        {
            _net.Pump();
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience, "it does not end");
            await Task.Yield();
        }
        await done;
    }

    private static IscsiInitiatorOptions NodeOptions { get; } =
        new() { Name = IscsiName.Parse("iqn.2001-04.com.example:host") };

    private static IscsiInitiator NewInitiator() => IscsiInitiator.Start(NodeOptions);

    private static async Task<IscsiSession> ConnectAsync(IscsiInitiator initiator, int port)
    {
        var session = await IscsiSession.ConnectAsync(
            initiator,
            new IscsiSessionOptions { TargetName = IWireTarget.Name, Portals = [new PortalAddress("127.0.0.1", port)] },
            TestContext.Current.CancellationToken);
        // The first commands of a nexus meet unit attentions.
        for (var i = 0; i < 8 && !(await ReadAsync(session, 0)).IsGood; i++)
        {
        }
        return session;
    }

    private static ValueTask<ScsiResult> ReadAsync(
        IscsiSession session, int index, CancellationToken cancellation = default)
    {
        var cdb = new byte[16];
        cdb[0] = 0x88;
        BinaryPrimitives.WriteUInt64BigEndian(cdb.AsSpan(2), (ulong)index * 8);
        cdb[13] = 8;
        return session.ExecuteAsync(new IscsiCommand(Lun.Zero, cdb), new byte[4096], default, cancellation);
    }

    private static Task AllAsync(int count, Func<int, Task> work) => Task.WhenAll(
        Enumerable.Range(0, count).Select(index => Task.Run(() => work(index), TestContext.Current.CancellationToken)))
        .WaitAsync(Patience * 4, TestContext.Current.CancellationToken);

    private sealed class Do(Action act) : LoopWork
    {
        public override void Run() => act();
    }
}
