using Lunette.Runtime;

namespace Lunette.DeviceServer.ModePages;

/// <summary>
/// The mode pages of one logical unit with their current and saved values. One set of values for all I_T nexuses.
/// Values are replaced, never written into: whoever has read a page may go on using it. Changes are made by one
/// configuration command at a time, and by resets; the logical unit's lock guards them.
/// </summary>
public sealed class ModePageSet
{
    private readonly ModePage[] _pages;
    private readonly byte[][] _current;
    private readonly byte[][] _saved;

    /// <summary>Makes a set with default values.</summary>
    public ModePageSet(IEnumerable<ModePage> pages)
    {
        _pages = [.. pages.OrderBy(p => p.Code).ThenBy(p => p.Subpage)];
        _saved = [.. _pages.Select(p => p.Defaults.ToArray())];
        _current = [.. _saved];
    }

    /// <summary>The pages by code and subpage.</summary>
    public IReadOnlyList<ModePage> Pages => _pages;

    /// <summary>Where a page stands in <see cref="Pages"/>; -1 when there is no such page.</summary>
    public int IndexOf(byte code, byte subpage)
    {
        for (var i = 0; i < _pages.Length; i++)
            if (_pages[i].Code == code && _pages[i].Subpage == subpage) return i;
        return -1;
    }

    /// <summary>Current values of a page, header included.</summary>
    public ReadOnlyMemory<byte> Current(int index) => Volatile.Read(ref _current[index]);

    /// <summary>Saved values; the defaults where none were ever saved.</summary>
    public ReadOnlyMemory<byte> Saved(int index) => Volatile.Read(ref _saved[index]);

    /// <summary>Current value of a field.</summary>
    public uint Read(ModePage page, string field)
    {
        var index = IndexOf(page.Code, page.Subpage);
        Invariant.That(index >= 0, "the logical unit has the mode page");
        return page.Read(Current(index).Span, field);
    }

    internal void SetCurrent(int index, ReadOnlySpan<byte> values) =>
        Volatile.Write(ref _current[index], values.ToArray());

    internal void SetSaved(int index, ReadOnlySpan<byte> values) => Volatile.Write(ref _saved[index], values.ToArray());

    /// <summary>Puts the saved values back; true when anything changed.</summary>
    internal bool Revert()
    {
        var changed = false;
        for (var i = 0; i < _pages.Length; i++)
        {
            changed |= !_current[i].AsSpan().SequenceEqual(_saved[i]);
            Volatile.Write(ref _current[i], _saved[i]);
        }
        return changed;
    }
}
