using System.Net;
using System.Net.Sockets;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Runtime.Sockets;
using Lunette.Runtime.Streams;
using Lunette.Runtime.Tests.Streams;

namespace Lunette.Runtime.Tests.Sockets;

public class SocketDialerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "127.0.0.1")]
    [InlineData(true, "127.0.0.1")]
    [InlineData(false, "localhost")]
    [InlineData(true, "localhost")]
    public async Task Dial_Listening_BytesGoBothWays(bool portable, string host)
    {
        using var buffers = new BufferPool(64 << 20);
        await using var group = LoopGroup.Start(new LoopGroupOptions { Count = 1, Portable = portable }, buffers);
        var echo = new MessageEcho(buffers);
        using var listener = group.Control.Listen(new IPEndPoint(IPAddress.Loopback, 0), 10, new Acceptor(echo));
        var dial = new Speaker(MessageEcho.Message(5000, 1));
        var dialer = new SocketDialer(group.Loops[0]);
        group.Loops[0].Post(new Begin(dialer, host, listener.EndPoint.Port, dial));
        Assert.Equal(MessageEcho.Message(5000, 1), await dial.Outcome.Task.WaitAsync(s_patience, Stop));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dial_NobodyListens_FailsWithReason(bool portable)
    {
        using var buffers = new BufferPool(64 << 20);
        await using var group = LoopGroup.Start(new LoopGroupOptions { Count = 1, Portable = portable }, buffers);
        // Taken, so that nobody else listens there, and not listened at.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        var dial = new Speaker([1]);
        group.Loops[0].Post(new Begin(new SocketDialer(group.Loops[0]), "127.0.0.1", port, dial));
        var failure = await Assert.ThrowsAsync<IOException>(() => dial.Outcome.Task.WaitAsync(s_patience, Stop));
        Assert.Contains("cannot connect to 127.0.0.1:", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dial_NoSuchName_FailsWithReason()
    {
        using var buffers = new BufferPool(64 << 20);
        await using var group = LoopGroup.Start(new LoopGroupOptions { Count = 1 }, buffers);
        var dial = new Speaker([1]);
        group.Loops[0].Post(new Begin(new SocketDialer(group.Loops[0]), "no such name.invalid", 1, dial));
        var failure = await Assert.ThrowsAsync<IOException>(() => dial.Outcome.Task.WaitAsync(s_patience, Stop));
        Assert.Contains("cannot resolve", failure.Message, StringComparison.Ordinal);
    }

    private sealed class Begin(SocketDialer dialer, string host, int port, StreamDial dial) : LoopWork
    {
        public override void Run() => dialer.Dial(host, port, dial);
    }

    private sealed class Acceptor(MessageEcho echo) : IStreamAcceptor
    {
        public StreamHandler Accepted(StreamConnection connection) => echo;

        public void AcceptFailed(string reason)
        {
        }
    }

    private sealed class Speaker(byte[] words) : StreamDial
    {
        public TaskCompletionSource<byte[]> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override StreamHandler Connected(StreamConnection connection) => new Listening(words, Outcome);

        protected override void Failed(string reason) => Outcome.SetException(new IOException(reason));
    }

    private sealed class Listening(byte[] words, TaskCompletionSource<byte[]> heard) : StreamHandler
    {
        public override int BytesWanted => words.Length;

        public override void Attached(StreamConnection connection) => connection.AppendCopy(words);

        public override int Received(Span<byte> bytes)
        {
            heard.TrySetResult(bytes.ToArray());
            return bytes.Length;
        }

        public override void Closed(StreamEnd end) => heard.TrySetException(new IOException(end.ToString()));
    }
}
