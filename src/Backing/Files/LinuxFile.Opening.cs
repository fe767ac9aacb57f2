using System.Runtime.InteropServices;

namespace Lunette.Backing.Files;

internal sealed unsafe partial class LinuxFile
{
    private const int ModeTypeMask = 0xF000;
    private const int ModeRegular = 0x8000;
    private const int ModeBlockDevice = 0x6000;
    private const int OwnerReadsAndWrites = 0x180;

    /// <summary>Opens and locks it; null with the reason, in words, when that cannot be.</summary>
    public static LinuxFile? Open(FileStoreOptions options, out string reason, out OpeningFailure failure)
    {
        var flags = Libc.CloseOnExec | (options.ReadOnly ? Libc.ReadOnly : Libc.ReadWrite)
            | (options.Direct ? Libc.Direct : 0) | (options.Creation == StoreCreation.OpenExisting ? 0 : Libc.Create)
            | (options.Creation == StoreCreation.CreateNew || options.BlockDevice ? Libc.Exclusive : 0);
        var file = Libc.Open(options.Path, flags, OwnerReadsAndWrites);
        if (file < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            reason = OpeningFailed(options, error);
            failure = error == Libc.EBusy ? OpeningFailure.InUse : OpeningFailure.Unusable;
            return null;
        }
        reason = Check(file, options, out var shape, out failure);
        if (reason.Length == 0) return new LinuxFile(file, options.Path, shape);
        _ = Libc.Close(file);
        return null;
    }

    /// <summary>Whether a path names a block device; false on systems other than Linux.</summary>
    public static bool IsBlockDeviceAt(string path)
    {
        Libc.Statx stat;
        return OperatingSystem.IsLinux() && Libc.Stat(Libc.AtCurrentFolder, path, 0, Libc.StatxBasic, &stat) == 0
            && (stat.Mode & ModeTypeMask) == ModeBlockDevice;
    }

    private static string OpeningFailed(FileStoreOptions options, int error) => error switch
    {
        Libc.EBusy => $"{options.Path} is in use by this system (mounted, or part of another device); release it first",
        Libc.EInval when options.Direct => $"{options.Path} does not support direct I/O; leave the option out",
        _ => $"{options.Path} cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}",
    };

    private static string Check(
        int file, FileStoreOptions options, out FileShape shape, out OpeningFailure failure)
    {
        shape = default;
        failure = OpeningFailure.Unusable;
        Libc.Statx stat;
        if (Libc.Stat(file, "", Libc.AtEmptyPath, Libc.StatxBasic | Libc.StatxDirectAlign, &stat) != 0)
            return $"{options.Path} cannot be examined: {LastError()}";
        var kind = stat.Mode & ModeTypeMask;
        if (options.BlockDevice ? kind != ModeBlockDevice : kind != ModeRegular)
            return options.BlockDevice
                ? $"{options.Path} is not a block device; write file: instead of block: for a file"
                : $"{options.Path} is not a regular file; write block: instead of file: for a block device";
        if (!options.ReadOnly && Libc.Lock(file, Libc.LockExclusiveNow) != 0)
        {
            failure = OpeningFailure.InUse;
            return $"{options.Path} is in use: another process, or another logical unit of this one, has it locked";
        }
        return options.BlockDevice
            ? MeasureDevice(file, options, stat, out shape)
            : MeasureFile(file, options, stat, out shape, ref failure);
    }

    private static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    private static string MeasureFile(
        int file, FileStoreOptions options, in Libc.Statx stat, out FileShape shape, ref OpeningFailure failure)
    {
        shape = default;
        var length = (long)stat.Size;
        if (options.LengthBytes > length && !options.ReadOnly)
        {
            if (Libc.Truncate(file, options.LengthBytes) != 0)
            {
                failure = OpeningFailure.Length;
                return $"{options.Path} cannot be made {options.LengthBytes} bytes long: {LastError()}";
            }
            length = options.LengthBytes;
        }
        Libc.StatFs system;
        var inMemory = Libc.StatFileSystem(file, &system) == 0 && system.Type is TmpfsMagic or RamfsMagic;
        shape = new()
        {
            LengthBytes = length,
            BlockLengthBytes = options.Direct ? DirectAlignment(stat.DirectOffsetAlignment) : 512,
            MemoryAlignment = options.Direct ? DirectAlignment(stat.DirectMemoryAlignment) : 1,
            PreferredBlockLengthBytes = 4096,
            InMemory = inMemory,
        };
        return "";
    }

    private static string MeasureDevice(int file, FileStoreOptions options, in Libc.Statx stat, out FileShape shape)
    {
        shape = default;
        ulong length = 0;
        int sector = 0, physical = 0;
        if (Libc.Control(file, Libc.BlkGetSize64, &length) != 0 || Libc.Control(file, Libc.BlkSectorSize, &sector) != 0
            || Libc.Control(file, Libc.BlkPhysicalBlockSize, &physical) != 0)
            return $"{options.Path} does not tell its size: {LastError()}";
        shape = new()
        {
            LengthBytes = (long)length,
            BlockLengthBytes = options.Direct ? Math.Max(sector, DirectAlignment(stat.DirectOffsetAlignment)) : 512,
            MemoryAlignment = options.Direct ? Math.Max(sector, DirectAlignment(stat.DirectMemoryAlignment)) : 1,
            PreferredBlockLengthBytes = Math.Max(sector, physical),
            SectorBytes = sector,
            IsBlockDevice = true,
        };
        return "";
    }

    // Kernels before 6.1 do not say; a page suits every device.
    private static int DirectAlignment(uint said) => said is >= 1 and <= 4096 ? Math.Max(512, (int)said) : 4096;

    private readonly record struct FileShape
    {
        public long LengthBytes { get; init; }
        public int BlockLengthBytes { get; init; }
        public int MemoryAlignment { get; init; }
        public int SectorBytes { get; init; }
        public int PreferredBlockLengthBytes { get; init; }
        public bool InMemory { get; init; }
        public bool IsBlockDevice { get; init; }
    }
}
