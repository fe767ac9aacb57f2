using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Lunette.Admin.Serving;

/// <summary>
/// Who is at the other end of a Unix socket, as the system noted when it connected (SO_PEERCRED, SO_PEERGROUPS).
/// </summary>
/// <param name="User">The effective user.</param>
/// <param name="Group">The effective group.</param>
/// <param name="Groups">The other groups.</param>
public sealed record PeerCredentials(uint User, uint Group, IReadOnlyList<uint> Groups)
{
    private const int SocketLevel = 1;
    private const int PeerCredentialsOption = 17;
    private const int PeerGroupsOption = 59;
    private const int GroupsMax = 65536;

    /// <summary>Whether a group is among its groups.</summary>
    public bool IsIn(uint group) => Group == group || Groups.Contains(group);

    /// <summary>The peer of a connected socket; null where the system does not tell.</summary>
    public static PeerCredentials? Of(Socket socket)
    {
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            // Process, user, group: three numbers of four bytes, in the machine's order.
            Span<byte> credentials = stackalloc byte[12];
            if (socket.GetRawSocketOption(SocketLevel, PeerCredentialsOption, credentials) < credentials.Length)
                return null;
            var numbers = MemoryMarshal.Cast<byte, uint>(credentials);
            return new(numbers[1], numbers[2], GroupsOf(socket));
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static uint[] GroupsOf(Socket socket)
    {
        for (var room = 256; ; room *= 16)
        {
            var bytes = new byte[Math.Min(room, GroupsMax) * sizeof(uint)];
            try
            {
                var length = socket.GetRawSocketOption(SocketLevel, PeerGroupsOption, bytes);
                return MemoryMarshal.Cast<byte, uint>(bytes.AsSpan(0, length)).ToArray();
            }
            catch (SocketException) when (room < GroupsMax)
            {
                // More groups than there was room for.
            }
        }
    }
}
