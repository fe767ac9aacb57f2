using System.Net;
using System.Net.Sockets;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Sockets;
using Lunette.Runtime.Streams;
using Lunette.Runtime.Tests.Streams;

namespace Lunette.Runtime.Tests.Sockets;

/// <summary>
/// Connections, listeners and connects that meet a loop which has ended, ends, or never began: each is closed, and
/// whoever waits for it is told.
/// </summary>
public class EndedLoopTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    public static TheoryData<bool> Makes => [false, true];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task MoveTo_OtherLoopHasEnded_ClosedAndTheNewHandlerIsTold(bool portable)
    {
        await using var host = new EchoHost(portable);
        await host.Group.Loops[1].DisposeAsync();
        host.OnMessage = echo => MoveAway(host, echo);
        using var client = await host.ConnectAsync();
        await SendOneAndAHalfAsync(client);
        await ReadToEndAsync(client);
        var moved = Assert.Single(host.Moved);
        await moved.Ended.Task.WaitAsync(s_patience, Stop);
        Assert.Equal((StreamEnd.LoopEnded, null), (moved.End, moved.Connection));
        Assert.False(host.Handlers.Single().Ended.Task.IsCompleted, "the old handler hears nothing more");
        Assert.DoesNotContain("partial message", host.Buffers.DescribeLeases().Keys);
        Assert.Equal((0, 0), (host.Group.Control.StreamCount, host.Group.Loops[1].StreamCount));
        await AssertServesAsync(host);
        Assert.Empty(host.Faults);
    }

    // The other loop is still taking when the connection leaves, and refuses it on its own thread when it closes.
    [Theory]
    [MemberData(nameof(Makes))]
    public async Task MoveTo_OtherLoopIsEnding_ClosedAndTheNewHandlerIsTold(bool portable)
    {
        await using var host = new EchoHost(portable);
        using var isAtEnd = new ManualResetEventSlim();
        using var hasLeft = new ManualResetEventSlim();
        var other = host.Group.Loops[1];
        other.Post(new Act(() => other.AtEnd(new Act(() =>
        {
            isAtEnd.Set();
            Assert.True(hasLeft.Wait(s_patience, Stop));
        }))));
        var ending = other.DisposeAsync().AsTask();
        Assert.True(isAtEnd.Wait(s_patience, Stop));
        host.OnMessage = echo =>
        {
            MoveAway(host, echo);
            // The end of the batch comes before any timer.
            echo.Connection!.Loop.Arm(new Soon(hasLeft.Set), TimeSpan.Zero);
        };
        using var client = await host.ConnectAsync();
        await SendOneAndAHalfAsync(client);
        await ReadToEndAsync(client);
        await ending.WaitAsync(s_patience, Stop);
        var moved = Assert.Single(host.Moved);
        await moved.Ended.Task.WaitAsync(s_patience, Stop);
        Assert.Equal((StreamEnd.LoopEnded, null), (moved.End, moved.Connection));
        Assert.DoesNotContain("partial message", host.Buffers.DescribeLeases().Keys);
        await AssertServesAsync(host);
        Assert.Empty(host.Faults);
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Dispose_NeverStarted_EndsLikeAnyOther(bool portable)
    {
        using var buffers = new BufferPool(16 << 20);
        var nobody = new Nobody();
        StreamLoop loop = OperatingSystem.IsLinux() && !portable
            ? new EpollLoop(new LoopOptions { Name = "idle", Buffers = buffers }, new SpinGovernor(null))
            : new PortableLoop(new LoopOptions { Name = "idle", Buffers = buffers }, new SpinGovernor(null));
        var (before, after) = (new Act(() => { }), new Act(() => { }));
        loop.Post(before);
        var listeners = Enumerable.Range(0, 4)
            .Select(_ => loop.Listen(new IPEndPoint(IPAddress.Loopback, 0), 5, nobody).EndPoint).ToArray();
        await loop.DisposeAsync().AsTask().WaitAsync(s_patience, Stop);
        await loop.DisposeAsync().AsTask().WaitAsync(s_patience, Stop);
        loop.Post(after);
        Assert.Equal((1, 1), (before.Ends, after.Ends));
        Assert.Equal(1, after.Refusals);
        await AssertNobodyListensAsync(listeners);
        Assert.Throws<ObjectDisposedException>(loop.Start);
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Listen_LoopHasEnded_NobodyListens(bool portable)
    {
        await using var host = new EchoHost(portable);
        await host.Group.Control.DisposeAsync();
        var listeners = Enumerable.Range(0, 3)
            .Select(_ => host.Group.Control.Listen(new IPEndPoint(IPAddress.Loopback, 0), 5, host)).ToArray();
        await AssertNobodyListensAsync([host.Listener.EndPoint, .. listeners.Select(late => late.EndPoint)]);
        foreach (var late in listeners) late.Dispose();
    }

    // The number of its descriptor is somebody else's by then.
    [Fact]
    public async Task ListenerDisposed_LoopHasEnded_NobodyElseIsShutDown()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("there is no epoll on this system");
        await using var host = new EchoHost(portable: false);
        await host.Group.Control.DisposeAsync();
        var sockets = new List<Socket>();
        for (var i = 0; i < 64; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            socket.Listen(5);
            sockets.Add(socket);
        }
        host.Listener.Dispose();
        foreach (var socket in sockets)
        {
            using var client = new TcpClient();
            await client.ConnectAsync((IPEndPoint)socket.LocalEndPoint!, Stop).AsTask().WaitAsync(s_patience, Stop);
            socket.Dispose();
        }
    }

    // Nobody accepts, and where the queue is full the system does not answer: such a connect ends with its loop.
    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Connect_LoopEndsMeanwhile_EachIsToldOnce(bool portable)
    {
        const int Connects = 8;
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen(1);
        await using var host = new EchoHost(portable);
        var loop = host.Group.Loops[0];
        var told = Enumerable.Range(0, Connects).Select(_ => new Told()).ToArray();
        loop.Post(new Act(() => Array.ForEach(told, one => loop.Connect((IPEndPoint)silent.LocalEndPoint!, one))));
        await loop.DisposeAsync().AsTask().WaitAsync(s_patience, Stop);
        Assert.All(told, one => Assert.Equal(1, one.Times));
        Assert.Empty(host.Faults);
    }

    private static void MoveAway(EchoHost host, MessageEcho echo)
    {
        var moved = new MessageEcho(host.Buffers);
        host.Moved.Enqueue(moved);
        echo.Connection!.MoveTo(host.Group.Loops[1], moved);
    }

    // The half is kept in a buffer, which goes along.
    private static async Task SendOneAndAHalfAsync(TcpClient client)
    {
        byte[] bytes = [.. MessageEcho.Message(100, 1), .. MessageEcho.Message(100, 2).AsSpan(0, 50)];
        await client.GetStream().WriteAsync(bytes, Stop);
    }

    private static async Task ReadToEndAsync(TcpClient client)
    {
        while (await EchoHost.ReadOrResetAsync(client) != 0)
        {
        }
    }

    private static async Task AssertServesAsync(EchoHost host)
    {
        host.OnMessage = null;
        using var another = await host.ConnectAsync();
        await another.GetStream().WriteAsync(MessageEcho.Message(100, 3), Stop);
        await another.GetStream().ReadExactlyAsync(new byte[104], Stop).AsTask().WaitAsync(s_patience, Stop);
    }

    // A port that is free may be another process' by now, though hardly two of them.
    private static async Task AssertNobodyListensAsync(IPEndPoint[] endPoints)
    {
        var answered = 0;
        foreach (var endPoint in endPoints)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(endPoint, Stop).AsTask().WaitAsync(s_patience, Stop);
                answered++;
            }
            catch (SocketException)
            {
                // Refused.
            }
        }
        Assert.InRange(answered, 0, 1);
    }

    private sealed class Nobody : IStreamAcceptor
    {
        public StreamHandler? Accepted(StreamConnection connection) => null;

        public void AcceptFailed(string reason) => Assert.Fail(reason);
    }

    private sealed class Told : StreamConnect
    {
        public int Times { get; private set; }

        public override void Connected(StreamConnection connection)
        {
            Times++;
            connection.Close();
        }

        public override void Failed(string reason) => Times++;
    }

    private sealed class Soon(Action act) : LoopTimer
    {
        public override void Fire() => act();
    }

    private sealed class Act(Action act) : LoopWork
    {
        private int _ends;

        public int Ends => Volatile.Read(ref _ends);

        public int Refusals { get; private set; }

        public override void Run()
        {
            Interlocked.Increment(ref _ends);
            act();
        }

        public override void Refused()
        {
            Interlocked.Increment(ref _ends);
            Refusals++;
        }
    }
}
