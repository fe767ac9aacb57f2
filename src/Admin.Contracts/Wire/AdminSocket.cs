using System.Net.Sockets;
using System.Text;

namespace Lunette.Admin.Contracts.Wire;

/// <summary>The daemon's Unix socket, from the caller's side.</summary>
public static class AdminSocket
{
    /// <summary>Bytes the path of a Unix socket may have at most.</summary>
    public const int PathLengthMax = 107;

    /// <summary>Connects; <see cref="StmfStatus.ServiceNotFound"/> where no daemon listens,
    /// <see cref="StmfStatus.Perm"/> where the caller may not.</summary>
    public static async ValueTask<StmfResult<Stream>> ConnectAsync(string path)
    {
        if (Encoding.UTF8.GetByteCount(path) > PathLengthMax)
        {
            return new StmfResult(StmfStatus.InvalidArg,
                $"the socket's path {path} is longer than {PathLengthMax} bytes; choose a shorter home");
        }
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path)).ConfigureAwait(false);
            return new(StmfStatus.Success, new Connection(socket));
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            return refused.SocketErrorCode switch
            {
                SocketError.WouldBlock =>
                    new StmfResult(StmfStatus.Busy, "too many administrators wait for the daemon already"),
                SocketError.AccessDenied => new StmfResult(StmfStatus.Perm,
                    $"{path} is not for your user or groups: 'lunette serve --help' says whose, at --admin-group"),
                _ => new StmfResult(StmfStatus.ServiceNotFound,
                    $"no daemon listens on {path}; start one with 'lunette serve'"),
            };
        }
    }

    private sealed class Connection(Socket socket) : NetworkStream(socket, ownsSocket: true), IDescriptorCarrier
    {
        public void SendDescriptor(int descriptor)
        {
            if (!DescriptorPassing.TrySend((int)Socket.Handle, descriptor))
                throw new IOException("the descriptor cannot be sent");
        }
    }
}
