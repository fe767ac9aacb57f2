using System.IO.MemoryMappedFiles;

namespace Lunette.Fuzz.Engine;

/// <summary>
/// What is being executed, in a mapped file: an end no program survives (a stack overflow, a fault in native memory)
/// leaves it behind for the parent.
/// </summary>
internal sealed class LastInput : IDisposable
{
    private const int LengthBytes = 4;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public LastInput(string path, int lengthMax)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, null, LengthBytes + lengthMax);
        _view = _file.CreateViewAccessor();
    }

    /// <summary>Notes an input.</summary>
    public void Note(byte[] input)
    {
        _view.WriteArray(LengthBytes, input, 0, Math.Min(input.Length, (int)_view.Capacity - LengthBytes));
        _view.Write(0, input.Length);
    }

    /// <summary>What was noted last in a file.</summary>
    public static byte[] Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        return bytes.AsSpan(LengthBytes, Math.Min(BitConverter.ToInt32(bytes), bytes.Length - LengthBytes)).ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
