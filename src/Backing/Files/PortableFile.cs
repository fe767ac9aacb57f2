using Lunette.Runtime.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Lunette.Backing.Files;

/// <summary>
/// A file by the base library alone, on any system: no reads that do not wait, no holes, no range copies.
/// </summary>
internal sealed class PortableFile : StoreFile
{
    // Windows' ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL; elsewhere the exception carries errno.
    private const int HandleDiskFull = unchecked((int)0x80070027);
    private const int DiskFull = unchecked((int)0x80070070);

    private readonly SafeFileHandle _file;

    private PortableFile(SafeFileHandle file, string path)
    {
        _file = file;
        Path = path;
        LengthBytes = RandomAccess.GetLength(file);
    }

    public override string Path { get; }

    public override long LengthBytes { get; }

    public override int BlockLengthBytes => 512;

    public override int PreferredBlockLengthBytes => 4096;

    public override bool CanPunch => false;

    public override bool InMemory => false;

    public override StoreSpace Space
    {
        get
        {
            var root = System.IO.Path.GetPathRoot(System.IO.Path.GetFullPath(Path));
            return new(-1, root is null ? -1 : new DriveInfo(root).AvailableFreeSpace);
        }
    }

    /// <summary>Opens and locks it; null with the reason, in words, when that cannot be.</summary>
    public static PortableFile? Open(FileStoreOptions options, out string reason, out OpeningFailure failure)
    {
        failure = OpeningFailure.Unusable;
        SafeFileHandle? file = null;
        try
        {
            var mode = options.Creation switch
            {
                StoreCreation.CreateNew => FileMode.CreateNew,
                StoreCreation.OpenOrCreate => FileMode.OpenOrCreate,
                _ => FileMode.Open,
            };
            var access = options.ReadOnly ? FileAccess.Read : FileAccess.ReadWrite;
            var share = options.ReadOnly ? FileShare.Read : FileShare.None;
            file = File.OpenHandle(options.Path, mode, access, share);
            if (options.LengthBytes > RandomAccess.GetLength(file) && !options.ReadOnly)
            {
                failure = OpeningFailure.Length;
                RandomAccess.SetLength(file, options.LengthBytes);
            }
            reason = "";
            return new PortableFile(file, options.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            file?.Dispose();
            reason = $"{options.Path} cannot be opened: {e.Message}";
            return null;
        }
    }

    public override int TryReadNow(long offset, LeaseList into, int length) => 0;

    public override FileOutcome Read(long offset, LeaseList into, int from, int length)
    {
        var done = from;
        try
        {
            for (var view = ViewAt(into, done, length); view.Length > 0; view = ViewAt(into, done, length))
            {
                var read = RandomAccess.Read(_file, view.Span, offset + done);
                if (read == 0) break;
                done += read;
            }
            ClearFrom(into, done, length);
            return FileOutcome.Ok;
        }
        catch (IOException)
        {
            return new(StoreResult.ReadError, offset + done);
        }
    }

    public override FileOutcome Write(long offset, LeaseList data, int length, bool durable)
    {
        var done = 0;
        for (var view = ViewAt(data, done, length); view.Length > 0; view = ViewAt(data, done, length))
        {
            var outcome = Write(offset + done, view.Span, durable: false);
            if (outcome.Result != StoreResult.Ok) return outcome;
            done += view.Length;
        }
        return durable ? new(Sync(), offset) : FileOutcome.Ok;
    }

    public override FileOutcome Write(long offset, ReadOnlySpan<byte> data, bool durable)
    {
        try
        {
            RandomAccess.Write(_file, data, offset);
            return durable ? new(Sync(), offset) : FileOutcome.Ok;
        }
        catch (IOException e)
        {
            var full = e.HResult is HandleDiskFull or DiskFull or Libc.ENoSpc or Libc.EDQuot;
            return new(full ? StoreResult.NoSpace : StoreResult.WriteError, offset);
        }
        catch (UnauthorizedAccessException)
        {
            return new(StoreResult.WriteProtected, offset);
        }
    }

    public override StoreResult Sync()
    {
        try
        {
            RandomAccess.FlushToDisk(_file);
            return StoreResult.Ok;
        }
        catch (IOException)
        {
            return StoreResult.WriteError;
        }
    }

    public override FileOutcome Punch(long offset, long length) => WriteZeros(offset, length);

    public override FileOutcome Zero(long offset, long length) => WriteZeros(offset, length);

    public override FileOutcome Copy(StoreFile source, long from, long to, long length) =>
        new(StoreResult.NotSupported, to);

    public override StoreExtent FindExtent(long offset, long end) =>
        new(offset, Math.Max(0, end - offset), Allocated: true);

    public override StoreResult SetLength(long lengthBytes)
    {
        try
        {
            RandomAccess.SetLength(_file, lengthBytes);
            return StoreResult.Ok;
        }
        catch (IOException)
        {
            return StoreResult.NoSpace;
        }
    }

    // On Windows a file has its space with its length; elsewhere the base library cannot ask for it.
    public override StoreResult Reserve(long lengthBytes) =>
        OperatingSystem.IsWindows() ? StoreResult.Ok : StoreResult.NotSupported;

    public override void Dispose() => _file.Dispose();

    /// <summary>The bytes of a transfer from one of them to the end of its segment; empty at the end.</summary>
    private static Lease ViewAt(LeaseList list, int at, int length)
    {
        var from = 0;
        foreach (ref readonly var segment in list.Segments)
        {
            if (at < length && at < from + segment.Length)
                return segment.View(at - from, Math.Min(segment.Length - (at - from), length - at));
            from += segment.Length;
        }
        return default;
    }
}
