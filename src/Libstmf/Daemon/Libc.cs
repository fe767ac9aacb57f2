using System.Runtime.InteropServices;
using System.Text;

namespace Lunette.Libstmf.Daemon;

/// <summary>The few system calls a connection needs; numbers as on Linux.</summary>
internal static unsafe partial class Libc
{
    public const int AddressFamilyUnix = 1;
    public const int StreamSocket = 1;
    public const int CloseOnExec = 0x80000;
    public const short ReadyToRead = 1;
    public const short ReadyToWrite = 4;

    public const int NotPermitted = 1;
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int PermissionDenied = 13;

    private const int WithoutWaiting = 0x40;
    private const int WithoutSignal = 0x4000;
    private const int SocketLevel = 1;
    private const int SendTimeout = 21;

    /// <summary>Connects within a time; the error, or zero.</summary>
    public static int Connect(int socket, string path, TimeSpan patience)
    {
        TimeValue time = new() { Seconds = (nint)patience.TotalSeconds, Microseconds = patience.Microseconds };
        _ = SetOption(socket, SocketLevel, SendTimeout, &time, (uint)sizeof(TimeValue));
        UnixAddress address = new() { Family = AddressFamilyUnix };
        var bytes = Encoding.UTF8.GetBytes(path, new Span<byte>(address.Path, UnixAddress.PathBytes - 1));
        while (ConnectTo(socket, &address, (uint)(sizeof(ushort) + bytes + 1)) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted) return error;
        }
        return 0;
    }

    public static nint Receive(int socket, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer) return ReceiveInto(socket, bytes, (nuint)buffer.Length, WithoutWaiting);
    }

    public static nint Send(int socket, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* bytes = buffer)
            return SendFrom(socket, bytes, (nuint)buffer.Length, WithoutWaiting | WithoutSignal);
    }

    /// <summary>Waits for one socket; zero where the time is over.</summary>
    public static int Wait(int socket, short readiness, int milliseconds)
    {
        PollEntry entry = new() { Socket = socket, Events = readiness };
        return Poll(&entry, 1, milliseconds);
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int socket);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int ConnectTo(int socket, UnixAddress* address, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    private static partial int SetOption(int socket, int level, int option, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint ReceiveInto(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint SendFrom(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeValue
    {
        public nint Seconds;
        public nint Microseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct UnixAddress
    {
        public const int PathBytes = 108;

        public ushort Family;
        public fixed byte Path[PathBytes];
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Socket;
        public short Events;
        public short Returned;
    }
}
