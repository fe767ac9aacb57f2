using System.Runtime.InteropServices;

namespace Lunette.Backing.Files;

/// <summary>The calls of the C library that the base library has no equal for; 64-bit Linux.</summary>
internal static unsafe partial class Libc
{
    public const int AdviceHugePages = 14;

    public const int EIntr = 4;
    public const int EIo = 5;
    public const int ENxio = 6;
    public const int EBadF = 9;
    public const int EAgain = 11;
    public const int EAcces = 13;
    public const int EBusy = 16;
    public const int ENodev = 19;
    public const int EInval = 22;
    public const int EFBig = 27;
    public const int ENoSpc = 28;
    public const int ERofs = 30;
    public const int EPerm = 1;
    public const int EXdev = 18;
    public const int ENoSys = 38;
    public const int EOpNotSupp = 95;
    public const int EShutdown = 108;
    public const int EDQuot = 122;

    public const int ReadOnly = 0x0;
    public const int ReadWrite = 0x2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int CloseOnExec = 0x80000;

    public const int RwfDsync = 0x2;
    public const int RwfNowait = 0x8;

    public const int FallocKeepSize = 0x1;
    public const int FallocPunchHole = 0x2;
    public const int FallocZeroRange = 0x10;

    public const int SeekData = 3;
    public const int SeekHole = 4;

    public const int LockExclusiveNow = 2 | 4;
    public const int LockNoMore = 8;

    public const nuint BlkGetSize64 = 0x80081272;
    public const nuint BlkSectorSize = 0x1268;
    public const nuint BlkPhysicalBlockSize = 0x127B;
    public const nuint FiCloneRange = 0x4020940D;

    public const int AtCurrentFolder = -100;
    public const int AtEmptyPath = 0x1000;
    public const uint StatxBasic = 0x7FF;
    public const uint StatxDirectAlign = 0x2000;

    /// <summary>O_DIRECT has another value on Arm.</summary>
    public static int Direct => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;

    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public nint Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct FileCloneRange
    {
        public long SourceFile;
        public ulong SourceOffset;
        public ulong SourceLength;
        public ulong DestinationOffset;
    }

    /// <summary>The parts of struct statx that are used; its layout is the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct Statx
    {
        [FieldOffset(0)] public uint Mask;
        [FieldOffset(4)] public uint BlockSize;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(40)] public ulong Size;
        [FieldOffset(48)] public ulong Blocks512;
        [FieldOffset(152)] public uint DirectMemoryAlignment;
        [FieldOffset(156)] public uint DirectOffsetAlignment;
    }

    /// <summary>The parts of struct statfs that are used.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct StatFs
    {
        [FieldOffset(0)] public long Type;
        [FieldOffset(8)] public long BlockSize;
        [FieldOffset(32)] public ulong BlocksAvailable;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    public static partial int Advise(nint address, nint length, int advice);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(int file, int operation);

    [LibraryImport("libc", EntryPoint = "preadv2", SetLastError = true)]
    public static partial nint Read(int file, IoVector* vectors, int count, long offset, int flags);

    [LibraryImport("libc", EntryPoint = "pwritev2", SetLastError = true)]
    public static partial nint Write(int file, IoVector* vectors, int count, long offset, int flags);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int SyncAll(int file);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(int file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(int file, long length);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(int file, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "copy_file_range", SetLastError = true)]
    public static partial nint CopyRange(int from, long* fromOffset, int to, long* toOffset, nuint length, uint flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(int file, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Stat(int directory, string path, int flags, uint mask, Statx* into);

    [LibraryImport("libc", EntryPoint = "fstatfs", SetLastError = true)]
    public static partial int StatFileSystem(int file, StatFs* into);
}
