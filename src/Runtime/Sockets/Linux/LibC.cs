using System.Runtime.InteropServices;
using Lunette.Runtime.Streams;

namespace Lunette.Runtime.Sockets.Linux;

/// <summary>
/// The system calls of the data path. Signatures are blittable, so no marshalling code stands between; the transition
/// to native code is not suppressed, because any of them may take long. The error number is read by the caller where it
/// matters, directly after the call.
/// </summary>
internal static unsafe partial class LibC
{
    public const int EpollIn = 0x1;
    public const int EpollOut = 0x4;
    public const int EpollError = 0x8;
    public const int EpollHangUp = 0x10;
    public const int EpollPeerDone = 0x2000;
    public const uint EpollEdge = 1u << 31;
    public const int EpollAdd = 1;
    public const int EpollDelete = 2;
    public const int EpollModify = 3;
    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;
    public const int MessageNoSignal = 0x4000;
    public const int MessageDontWait = 0x40;
    public const int ShutWrite = 1;
    public const int ProtocolTcp = 6;
    public const int TcpNoDelay = 1;
    public const int TcpCongestion = 13;
    public const int LevelSocket = 1;
    public const int KeepAlive = 9;
    public const int ReceiveLowWater = 18;
    public const int PendingError = 4;
    public const int SocketStream = 1;
    public const int ResourceDescriptors = 7;
    public const int ResourceCore = 4;

    public const int Again = 11;
    public const int Interrupted = 4;
    public const int NoMemory = 12;
    public const int TooManyInProcess = 24;
    public const int TooManyInSystem = 23;
    public const int NoBuffers = 105;
    public const int InProgress = 115;

    [LibraryImport("libc", EntryPoint = "epoll_create1")]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl")]
    public static partial int EpollControl(int epoll, int operation, int descriptor, byte* @event);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    public static partial int EpollWait(int epoll, byte* events, int count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd")]
    public static partial int EventDescriptor(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    public static partial int TimerDescriptor(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime")]
    public static partial int SetTimer(int timer, int flags, nint* time, nint* before);

    [LibraryImport("libc", EntryPoint = "write")]
    public static partial nint Write(int descriptor, void* bytes, nint length);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "recv")]
    public static partial nint Receive(int descriptor, void* bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send")]
    public static partial nint Send(int descriptor, void* bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "readv")]
    public static partial nint ReadVector(int descriptor, IoVector* vectors, int count);

    [LibraryImport("libc", EntryPoint = "sendmsg")]
    public static partial nint SendMessage(int descriptor, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "accept4")]
    public static partial int Accept(int descriptor, byte* address, int* length, int flags);

    [LibraryImport("libc", EntryPoint = "socket")]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect")]
    public static partial int Connect(int descriptor, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt")]
    public static partial int GetOption(int descriptor, int level, int option, void* value, int* length);

    [LibraryImport("libc", EntryPoint = "getsockname")]
    public static partial int GetSocketName(int descriptor, byte* address, int* length);

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    public static partial int SetOption(int descriptor, int level, int option, void* value, int length);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    public static partial int Shutdown(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    public static partial int GetLimit(int resource, ulong* softAndHard);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    public static partial int SetLimit(int resource, ulong* softAndHard);

    /// <summary>The error number of the call just made.</summary>
    public static int LastError => Marshal.GetLastSystemError();

    /// <summary><c>struct msghdr</c> of the 64-bit C libraries.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public nint Name;
        public nint NameLength;
        public IoVector* Vectors;
        public nint VectorCount;
        public nint Control;
        public nint ControlLength;
        public int Flags;
    }
}
