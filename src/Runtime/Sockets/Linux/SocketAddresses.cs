using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Lunette.Runtime.Sockets.Linux;

/// <summary>Linux' <c>struct sockaddr_in</c> and <c>sockaddr_in6</c>.</summary>
internal static class SocketAddresses
{
    public const int LengthMax = 128;

    private const int FamilyInternet = 2;
    private const int FamilyInternet6 = 10;

    /// <summary>Null for another family.</summary>
    public static IPEndPoint? Read(ReadOnlySpan<byte> address)
    {
        if (address.Length < 16) return null;
        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        switch (MemoryMarshal.Read<ushort>(address))
        {
            case FamilyInternet:
                return new IPEndPoint(new IPAddress(address.Slice(4, 4)), port);
            case FamilyInternet6 when address.Length >= 28:
                var scope = MemoryMarshal.Read<uint>(address[24..]);
                return new IPEndPoint(new IPAddress(address.Slice(8, 16), scope), port);
            default:
                return null;
        }
    }
}
