using System.Buffers.Binary;

namespace Lunette.DeviceServer.ModePages;

/// <summary>The pages a MODE SELECT command sets, checked and not yet done.</summary>
internal sealed class ModeChange
{
    private readonly SortedDictionary<int, byte[]> _pages = [];

    public IReadOnlyDictionary<int, byte[]> Pages => _pages;

    /// <summary>Sets a page; where a list has it twice the last one counts.</summary>
    public void Set(int index, ModePage page, ReadOnlySpan<byte> wanted)
    {
        var values = wanted.ToArray();
        page.Defaults[..page.HeaderLength].CopyTo(values);      // PS is not a value
        _pages[index] = values;
    }

    /// <summary>The saved values of all pages as they will be: pages one behind the other.</summary>
    public byte[] Save(ModePageSet modes)
    {
        List<byte> bytes = [];
        for (var i = 0; i < modes.Pages.Count; i++)
        {
            if (!modes.Pages[i].IsChangeable) continue;
            bytes.AddRange(_pages.TryGetValue(i, out var values) ? values : modes.Saved(i).Span);
        }
        return [.. bytes];
    }

    /// <summary>
    /// Reads what <see cref="Save"/> made into a set. Pages the set has not, or of another length, are passed over:
    /// they are of another version.
    /// </summary>
    /// <returns>False when the bytes are not pages.</returns>
    public static bool TryRestore(ReadOnlySpan<byte> bytes, ModePageSet into)
    {
        while (!bytes.IsEmpty)
        {
            var subpageFormat = (bytes[0] & 0x40) != 0;
            if (bytes.Length < (subpageFormat ? 4 : 2)) return false;
            var length = subpageFormat ? BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) + 4 : bytes[1] + 2;
            if (length > bytes.Length) return false;
            var index = into.IndexOf((byte)(bytes[0] & 0x3F), subpageFormat ? bytes[1] : (byte)0);
            if (index >= 0 && into.Pages[index].Length == length) into.SetSaved(index, bytes[..length]);
            bytes = bytes[length..];
        }
        return true;
    }
}
