namespace Lunette.EndToEnd;

/// <summary>
/// A folder for very many files, gone with the test: in memory where there is a file system with room for them, since
/// they are made durable one by one, else beside the test's own.
/// </summary>
internal sealed class MemoryFolder : IDisposable
{
    private const string Memory = "/dev/shm";
    private const long RoomWanted = 2L << 30;

    public MemoryFolder(string beside, string suffix)
    {
        var above = Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace >= RoomWanted
            ? Memory : beside;
        Path = Directory.CreateDirectory(
            System.IO.Path.Combine(above, System.IO.Path.GetFileName(beside) + suffix)).FullName;
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
