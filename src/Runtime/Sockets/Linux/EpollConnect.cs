using System.ComponentModel;
using System.Net;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Sockets.Linux;

/// <summary>
/// A connection that is being made: the descriptor becomes writable when it is, or when it never will be.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class EpollConnect : IEpollEntry
{
    private readonly EpollLoop _loop;
    private readonly IPEndPoint _remote;
    private readonly StreamConnect _told;

    private EpollConnect(EpollLoop loop, IPEndPoint remote, int descriptor, StreamConnect told)
    {
        _loop = loop;
        _remote = remote;
        _told = told;
        Descriptor = descriptor;
    }

    public int Descriptor { get; }

    public ulong Key { get; set; }

    public static void Begin(EpollLoop loop, IPEndPoint remote, StreamConnect told)
    {
        var address = remote.Serialize();
        var family = MemoryMarshal.Read<ushort>(address.Buffer.Span);
        var descriptor = LibC.Socket(family, LibC.SocketStream | LibC.NonBlocking | LibC.CloseOnExec, 0);
        if (descriptor < 0)
        {
            told.Failed(Say(remote, LibC.LastError));
            return;
        }
        int result;
        fixed (byte* bytes = address.Buffer.Span) result = LibC.Connect(descriptor, bytes, address.Size);
        if (result < 0 && LibC.LastError is var error and not (LibC.InProgress or LibC.Interrupted))
        {
            _ = LibC.Close(descriptor);
            told.Failed(Say(remote, error));
            return;
        }
        var connect = new EpollConnect(loop, remote, descriptor, told);
        if (loop.Add(connect)) loop.Change(connect, LibC.EpollOut);
    }

    public void CloseWithLoop() => Fail("the loop has ended");

    public void CloseUnwatched() => Fail($"cannot connect to {_remote}: the system has no room to watch it");

    public void Ready()
    {
        _loop.Remove(this);
        var error = 0;
        var length = sizeof(int);
        if (LibC.GetOption(Descriptor, LibC.LevelSocket, LibC.PendingError, &error, &length) != 0)
            error = LibC.LastError;
        if (error != 0)
        {
            Fail(Say(_remote, error));
            return;
        }
        var address = stackalloc byte[SocketAddresses.LengthMax];
        length = SocketAddresses.LengthMax;
        var local = LibC.GetSocketName(Descriptor, address, &length) == 0
            ? SocketAddresses.Read(new ReadOnlySpan<byte>(address, length))
            : null;
        var connection = new EpollConnection(_loop, Descriptor, _remote, local);
        try
        {
            _told.Connected(connection);
        }
        catch
        {
            connection.Close(StreamEnd.Fault);
            throw;
        }
    }

    private void Fail(string reason)
    {
        _ = LibC.Close(Descriptor);
        _told.Failed(reason);
    }

    private static string Say(IPEndPoint remote, int error) =>
        $"cannot connect to {remote}: {new Win32Exception(error).Message}";
}
