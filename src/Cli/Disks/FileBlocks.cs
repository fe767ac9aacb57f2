using Microsoft.Win32.SafeHandles;

namespace Lunette.Cli.Disks;

/// <summary>A file or block device of this machine.</summary>
internal sealed class FileBlocks : IBlocks
{
    private readonly SafeFileHandle _file;

    private FileBlocks(SafeFileHandle file, long length, bool isZeroed)
    {
        _file = file;
        LengthBytes = length;
        IsZeroed = isZeroed;
    }

    public long LengthBytes { get; }

    public int BlockLengthBytes => 1;

    public bool IsZeroed { get; }

    /// <summary>Opens a file to read from.</summary>
    /// <exception cref="DiskCommandException">It cannot.</exception>
    public static FileBlocks OpenToRead(string path)
    {
        var file = Open(path, FileMode.Open, FileAccess.Read);
        using var stream = new FileStream(file, FileAccess.Read, bufferSize: 0);
        // The end of a block device is found by seeking.
        var length = stream.Seek(0, SeekOrigin.End);
        return new(Open(path, FileMode.Open, FileAccess.Read), length, isZeroed: false);
    }

    /// <summary>Opens a file to write to; a new one is as long as wanted and full of zeros.</summary>
    /// <exception cref="DiskCommandException">It cannot.</exception>
    public static FileBlocks OpenToWrite(string path, long length)
    {
        var isNew = !File.Exists(path);
        var file = Open(path, isNew ? FileMode.CreateNew : FileMode.Open, FileAccess.ReadWrite);
        if (isNew) RandomAccess.SetLength(file, length);
        return new(file, length, isNew);
    }

    public async ValueTask ReadAsync(long offset, Memory<byte> to)
    {
        while (!to.IsEmpty)
        {
            var got = await RandomAccess.ReadAsync(_file, to, offset);
            if (got == 0) throw new EndOfStreamException("the file has become shorter");
            to = to[got..];
            offset += got;
        }
    }

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> from) => RandomAccess.WriteAsync(_file, from, offset);

    public ValueTask FlushAsync()
    {
        RandomAccess.FlushToDisk(_file);
        return default;
    }

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        return default;
    }

    private static SafeFileHandle Open(string path, FileMode mode, FileAccess access)
    {
        try
        {
            return File.OpenHandle(path, mode, access, FileShare.ReadWrite, FileOptions.Asynchronous);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new DiskCommandException(refused.Message);
        }
    }
}
