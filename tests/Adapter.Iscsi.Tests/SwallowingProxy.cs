using System.Net;
using System.Net.Sockets;

namespace Lunette.Adapter.Iscsi.Tests;

/// <summary>
/// Stands before a target and makes it one that swallows commands and aborts: once told to, SCSI commands and task
/// management requests of that connection never arrive. Connections made later are whole.
/// </summary>
internal sealed class SwallowingProxy : IAsyncDisposable
{
    private const int HeaderLength = 48;
    private const byte ScsiCommand = 0x01;
    private const byte TaskManagement = 0x02;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly int _target;
    private readonly Task _accepting;
    private readonly List<Task> _pumps = [];
    private readonly List<Socket> _open = [];
    private readonly Lock _gate = new();
    private int _commands;
    private int _functions;
    private int _swallowing = -1;
    private int _connections;

    public SwallowingProxy(int target)
    {
        _target = target;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public int Commands => Volatile.Read(ref _commands);

    public int Functions => Volatile.Read(ref _functions);

    /// <summary>From now on; later connections are spared.</summary>
    public void Swallow() => Volatile.Write(ref _swallowing, Volatile.Read(ref _connections));

    /// <summary>Until so many commands have not arrived; no longer than a test waits.</summary>
    public async Task UntilSwallowedAsync(int commands)
    {
        for (var waited = 0; Commands < commands && waited < 3000; waited++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        lock (_gate)
        {
            foreach (var socket in _open) socket.Dispose();
        }
        await Task.WhenAll(_pumps);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptAsync();
                var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(IPAddress.Loopback, _target);
                lock (_gate) _open.AddRange([near, far]);
                var number = Interlocked.Increment(ref _connections);
                _pumps.Add(FilterAsync(new NetworkStream(near), new NetworkStream(far), number));
                _pumps.Add(PassAsync(new NetworkStream(far), new NetworkStream(near)));
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task FilterAsync(NetworkStream from, NetworkStream to, int number)
    {
        try
        {
            var header = new byte[HeaderLength];
            while (true)
            {
                await from.ReadExactlyAsync(header);
                // No digests: what follows is additional headers, and data padded to words.
                var length = (header[5] << 16) | (header[6] << 8) | header[7];
                var rest = new byte[(header[4] * 4) + ((length + 3) / 4 * 4)];
                await from.ReadExactlyAsync(rest);
                if (IsSwallowed((byte)(header[0] & 0x3F), number)) continue;
                await to.WriteAsync(header);
                await to.WriteAsync(rest);
            }
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException)
        {
            await to.DisposeAsync();
        }
    }

    private bool IsSwallowed(byte operation, int number)
    {
        if (Volatile.Read(ref _swallowing) < number) return false;
        if (operation == ScsiCommand) Interlocked.Increment(ref _commands);
        else if (operation == TaskManagement) Interlocked.Increment(ref _functions);
        else return false;
        return true;
    }

    private static async Task PassAsync(NetworkStream from, NetworkStream to)
    {
        try
        {
            await from.CopyToAsync(to);
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException)
        {
            // One of them is gone.
        }
        await to.DisposeAsync();
    }
}
