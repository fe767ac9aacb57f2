using System.Net;
using System.Net.Sockets;
using Lunette.Initiator.Iscsi.Tests.Kit;

namespace Lunette.EndToEnd.Adapters;

/// <summary>A target that does wrong what the test tells it to, behind a socket.</summary>
internal sealed class HostileTarget : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly SimulatedTarget _target;
    private readonly Lock _gate = new();
    private readonly Task _accepting;

    public HostileTarget(SimulatedTarget target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        var stream = client.GetStream();
        var side = Accept();
        var buffer = new byte[64 << 10];
        try
        {
            while (!side.Closing && await stream.ReadAsync(buffer, _stop.Token) is var length and > 0)
                await stream.WriteAsync(Answer(side, buffer.AsSpan(0, length)), _stop.Token);
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException)
        {
            // The initiator had enough of it, or the test has.
        }
    }

    private TargetSide Accept()
    {
        lock (_gate) return _target.Accept();
    }

    private byte[] Answer(TargetSide side, ReadOnlySpan<byte> said)
    {
        lock (_gate)
        {
            side.Receive(said);
            var answer = side.Out.ToArray();
            side.TakeOut();
            return answer;
        }
    }
}
