using System.Net;
using System.Net.Sockets;

namespace Lunette.Testing.Wire;

/// <summary>Stands between initiator and target and cuts connections in the middle of whatever they carry.</summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly int _target;
    private readonly Lock _gate = new();
    private readonly List<Socket> _open = [];
    private readonly List<Task> _pumps = [];
    private readonly Task _accepting;
    private bool _ended;

    public CuttingProxy(int target)
    {
        _target = target;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Cuts what is open; true when there was something.</summary>
    public bool Cut()
    {
        lock (_gate)
        {
            // A reset: what is on the way in either direction is lost.
            foreach (var socket in _open) socket.Close(0);
            var any = _open.Count != 0;
            _open.Clear();
            return any;
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate) _ended = true;
        _listener.Dispose();
        Cut();
        await _accepting;
        await Task.WhenAll(_pumps);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var near = await _listener.AcceptAsync();
                var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(IPAddress.Loopback, _target);
                near.NoDelay = far.NoDelay = true;
                lock (_gate)
                {
                    _open.Add(near);
                    _open.Add(far);
                    if (_ended) near.Close(0);
                }
                _pumps.Add(PumpAsync(near, far));
                _pumps.Add(PumpAsync(far, near));
            }
            catch (Exception end) when (end is SocketException or ObjectDisposedException)
            {
                if (_ended) return;
            }
        }
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (await from.ReceiveAsync(buffer) is var length and > 0)
            {
                for (var sent = 0; sent < length;) sent += await to.SendAsync(buffer.AsMemory(sent, length - sent));
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            from.Close(0);
            to.Close(0);
        }
    }
}
