using System.Net.Sockets;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Sockets;
using Lunette.Runtime.Sockets.Linux;
using Lunette.Runtime.Streams;
using Lunette.Runtime.Tests.Streams;

namespace Lunette.Runtime.Tests.Sockets;

/// <summary>Whoever takes a connection throws, or the system refuses to watch it: it is closed, and others go
/// on.</summary>
public class FaultTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    public static TheoryData<bool> Makes => [false, true];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Accepted_Throws_ThatConnectionIsClosedAndOthersAreTaken(bool portable)
    {
        await using var host = new EchoHost(portable);
        host.OnAccepted = _ => throw new InvalidOperationException("planted");
        await AssertClosedAsync(host);
        host.OnAccepted = null;
        await AssertServesAsync(host);
        Assert.Single(host.Faults);
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Attached_Throws_HandlerHearsOfTheEnd(bool portable)
    {
        await using var host = new EchoHost(portable);
        var handler = new Unwilling();
        host.OnAccepted = _ => handler;
        await AssertClosedAsync(host);
        Assert.Equal(StreamEnd.Fault, await handler.Ended.Task.WaitAsync(s_patience, Stop));
        host.OnAccepted = null;
        await AssertServesAsync(host);
    }

    [Theory]
    [MemberData(nameof(Makes))]
    public async Task Connected_Throws_ConnectionIsClosed(bool portable)
    {
        await using var host = new EchoHost(portable);
        var loop = host.Group.Loops[0];
        loop.Post(new Act(() => loop.Connect(host.Listener.EndPoint, new Throwing())));
        Assert.True(await host.WhenAsync(h => h.Handlers.Count == 1, s_patience));
        var accepted = host.Handlers.Single();
        await accepted.Ended.Task.WaitAsync(s_patience, Stop);
        Assert.Single(host.Faults);
        Assert.True(await loop.WhenAsync(l => l.StreamCount == 0, s_patience));
    }

    // A file of the file system cannot be watched: what the system answers is what it answers when it has no room.
    [Fact]
    public async Task Watch_SystemRefuses_ConnectionEndsAndNobodyElseSuffers()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("there is no epoll on this system");
        await using var host = new EchoHost(portable: false);
        var loop = (EpollLoop)host.Group.Control;
        using var client = await host.ConnectAsync();
        var file = File.OpenHandle(typeof(FaultTests).Assembly.Location);
        var descriptor = (int)file.DangerousGetHandle();
        file.SetHandleAsInvalid();          // the connection closes it
        var handler = new MessageEcho(host.Buffers);
        loop.Post(new Act(() =>
        {
            if (!OperatingSystem.IsLinux()) return;
            var connection = new EpollConnection(loop, descriptor, null, null);
            connection.Start(handler);
        }));
        await handler.Ended.Task.WaitAsync(s_patience, Stop);
        Assert.Equal(StreamEnd.NoBuffer, handler.End);
        Assert.Equal(1, loop.StreamCount);
        await client.GetStream().WriteAsync(MessageEcho.Message(100, 3), Stop);
        await client.GetStream().ReadExactlyAsync(new byte[104], Stop).AsTask().WaitAsync(s_patience, Stop);
        Assert.Empty(host.Faults);
    }

    private static async Task AssertClosedAsync(EchoHost host)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host.Listener.EndPoint, Stop).AsTask().WaitAsync(s_patience, Stop);
        Assert.Equal(0, await EchoHost.ReadOrResetAsync(client));
    }

    private static async Task AssertServesAsync(EchoHost host)
    {
        using var client = await host.ConnectAsync();
        await client.GetStream().WriteAsync(MessageEcho.Message(100, 3), Stop);
        await client.GetStream().ReadExactlyAsync(new byte[104], Stop).AsTask().WaitAsync(s_patience, Stop);
    }

    private sealed class Unwilling : StreamHandler
    {
        public TaskCompletionSource<StreamEnd> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override int BytesWanted => 1;

        public override void Attached(StreamConnection connection) => throw new InvalidOperationException("planted");

        public override int Received(Span<byte> bytes) => bytes.Length;

        public override void Closed(StreamEnd end) => Ended.SetResult(end);
    }

    private sealed class Throwing : StreamConnect
    {
        public override void Connected(StreamConnection connection) => throw new InvalidOperationException("planted");

        public override void Failed(string reason) => Assert.Fail(reason);
    }

    private sealed class Act(Action act) : LoopWork
    {
        public override void Run() => act();
    }
}
