using System.Net;
using System.Net.Sockets;
using Lunette.Initiator.Iscsi.Tests.Kit;

namespace Lunette.Initiator.Iscsi.Tests.Wire;

/// <summary>
/// A target on a port of its own that says one thing over and over, as fast as it is listened to; each connection has
/// its own task.
/// </summary>
internal sealed class HostileTarget : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly SimulatedTarget _target;
    private readonly Action<TargetSide> _say;
    private readonly Task _accepting;
    private readonly List<Task> _serving = [];

    /// <summary>Starts it.</summary>
    /// <param name="target">What it is until it has something to say.</param>
    /// <param name="say">What it says, once it has been asked something in full feature phase.</param>
    public HostileTarget(SimulatedTarget target, Action<TargetSide> say)
    {
        _target = target;
        _say = say;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_serving);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                _serving.Add(ServeAsync(socket, _target.Accept()));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket, TargetSide side)
    {
        await Task.Yield();
        using var owned = socket;
        var bytes = new byte[65_536];
        byte[] saying = [];
        try
        {
            while (true)
            {
                if (saying.Length == 0 || socket.Available > 0)
                {
                    var length = await socket.ReceiveAsync(bytes, _stop.Token);
                    if (length == 0) return;
                    side.Receive(bytes.AsSpan(0, length));
                }
                for (var i = 0; i < 100 && side.Commands > 0; i++) _say(side);
                saying = side.Out.ToArray();
                side.TakeOut();
                if (saying.Length > 0) await socket.SendAsync(saying, _stop.Token);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            // Dropped, or the test is over.
        }
    }
}
