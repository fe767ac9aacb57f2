using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lunette.Libstmf.Tests;

/// <summary>
/// An initiator that has logged in and does nothing else but leave when it is spoken to: then it is asked to log out.
/// </summary>
internal sealed class LoggedIn : IDisposable
{
    private const int HeaderBytes = 48;

    private readonly TcpClient _connection = new();

    private LoggedIn()
    {
    }

    public static async Task<LoggedIn> AsAsync(string initiator, string alias, string target, IPEndPoint portal)
    {
        var stop = TestContext.Current.CancellationToken;
        var session = new LoggedIn();
        await session._connection.ConnectAsync(portal, stop);
        var stream = session._connection.GetStream();
        await stream.WriteAsync(LoginRequest(initiator, alias, target), stop);
        var reply = new byte[HeaderBytes];
        await stream.ReadExactlyAsync(reply, stop);
        // RFC 7143 section 11.13: Status-Class and Status-Detail; T with NSG 3 is full feature phase.
        Assert.Equal((0x23, 0, 0x87), (reply[0], reply[36] << 8 | reply[37], reply[1] & 0x8F));
        var rest = new byte[(BinaryPrimitives.ReadUInt32BigEndian(reply.AsSpan(4)) & 0xFFFFFF) + 3 & ~3];
        await stream.ReadExactlyAsync(rest, stop);
        _ = session.LeaveWhenAskedAsync(stream);
        return session;
    }

    public void Dispose() => _connection.Dispose();

    // RFC 7143 section 11.12: straight to operational negotiation, from there to full feature phase.
    private static byte[] LoginRequest(string initiator, string alias, string target)
    {
        var keys = Encoding.UTF8.GetBytes(
            $"InitiatorName={initiator}\0InitiatorAlias={alias}\0TargetName={target}\0SessionType=Normal\0");
        var pdu = new byte[HeaderBytes + (keys.Length + 3 & ~3)];
        pdu[0] = 0x43;
        pdu[1] = 0x87;
        BinaryPrimitives.WriteInt32BigEndian(pdu.AsSpan(4), keys.Length);
        pdu[8] = 0x80;
        pdu[13] = 1;
        keys.CopyTo(pdu, HeaderBytes);
        return pdu;
    }

    private async Task LeaveWhenAskedAsync(NetworkStream stream)
    {
        try
        {
            await stream.ReadExactlyAsync(new byte[1]);
        }
        catch (Exception over) when (over is IOException or ObjectDisposedException)
        {
            // The test is over, or the target was first.
        }
        _connection.Dispose();
    }
}
