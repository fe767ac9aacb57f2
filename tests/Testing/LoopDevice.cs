namespace Lunette.Testing;

/// <summary>A block device of the kernel's over a sparse file, where the machine lets one be made.</summary>
public sealed class LoopDevice : IDisposable
{
    private LoopDevice(string path, string file)
    {
        Path = path;
        BackingFile = file;
    }

    public string Path { get; }

    public string BackingFile { get; }

    /// <summary>Makes one; skips the test with the reason when that is not permitted.</summary>
    public static LoopDevice Over(string file, long length)
    {
        using (var made = File.Create(file)) made.SetLength(length);
        if (SmallFileSystem.Run(out var path, "losetup", "-f", "--show", file) is { } why)
            Assert.Skip("this machine does not let the test make a loop device: " + why);
        return new(path, file);
    }

    /// <summary>What the file takes up on its disk, in bytes.</summary>
    public long AllocatedBytes()
    {
        Assert.Null(SmallFileSystem.Run(out var blocks, "stat", "-c", "%b", BackingFile));
        return 512 * long.Parse(blocks, System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Dispose() => _ = SmallFileSystem.Run("losetup", "-d", Path);
}
