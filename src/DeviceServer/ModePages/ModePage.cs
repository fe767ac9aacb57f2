namespace Lunette.DeviceServer.ModePages;

/// <summary>
/// One mode page, described once (SPC-6, Mode page and subpage formats): from its fields come default values, the mask
/// of what may be changed, and the checks of MODE SELECT. A description never changes; units with other defaults use
/// <see cref="With"/>.
/// </summary>
public sealed class ModePage
{
    private readonly byte[] _defaults;
    private readonly byte[] _changeable;
    private readonly ModeField[] _fields;

    /// <summary>Begins a page of zeros in which nothing may be changed.</summary>
    /// <param name="name">The page's name in the standard.</param>
    /// <param name="code">PAGE CODE.</param>
    /// <param name="subpage">SUBPAGE CODE; 0 for the page_0 format.</param>
    /// <param name="length">Length of the whole page in bytes, header included.</param>
    public ModePage(string name, byte code, byte subpage, int length)
        : this(name, new byte[length], new byte[length], [])
    {
        _defaults[0] = (byte)(code | (subpage == 0 ? 0 : 0x40));
        if (subpage == 0)
        {
            _defaults[1] = (byte)(length - 2);
        }
        else
        {
            _defaults[1] = subpage;
            _defaults[2] = (byte)(length - 4 >> 8);
            _defaults[3] = (byte)(length - 4);
        }
    }

    private ModePage(string name, byte[] defaults, byte[] changeable, ModeField[] fields)
    {
        Name = name;
        _defaults = defaults;
        _changeable = changeable;
        _fields = fields;
    }

    /// <summary>The page's name in the standard.</summary>
    public string Name { get; }

    /// <summary>PAGE CODE.</summary>
    public byte Code => (byte)(_defaults[0] & 0x3F);

    /// <summary>SUBPAGE CODE; 0 for a page in the page_0 format.</summary>
    public byte Subpage => (_defaults[0] & 0x40) != 0 ? _defaults[1] : (byte)0;

    /// <summary>Its fields, in the order in which they were described.</summary>
    public IReadOnlyList<ModeField> Fields => _fields;

    /// <summary>Length in bytes, header included.</summary>
    public int Length => _defaults.Length;

    /// <summary>Length of its header: 2, or 4 in the subpage format.</summary>
    public int HeaderLength => Subpage == 0 ? 2 : 4;

    /// <summary>Default values, header included and PS zero.</summary>
    public ReadOnlySpan<byte> Defaults => _defaults;

    /// <summary>Ones where MODE SELECT may change something; the header stays as it is in <see
    /// cref="Defaults"/>.</summary>
    public ReadOnlySpan<byte> Changeable => _changeable;

    /// <summary>Whether MODE SELECT can change anything of it.</summary>
    public bool IsChangeable => _changeable.AsSpan().ContainsAnyExcept((byte)0);

    /// <summary>A field inside one byte.</summary>
    /// <param name="name">Its name in the standard.</param>
    /// <param name="index">Index of the byte in the page.</param>
    /// <param name="mask">Its bits.</param>
    /// <param name="value">Its default.</param>
    /// <param name="allowed">The values MODE SELECT may set; none where the field may not be changed.</param>
    public ModePage Bits(string name, int index, byte mask, int value = 0, params IReadOnlyList<int> allowed) =>
        Add(new ModeField(name, index, 1, mask, allowed), (uint)value, allowed.Count > 0);

    /// <summary>A field of whole bytes that MODE SELECT may or may not set.</summary>
    public ModePage Bytes(string name, int index, int count, uint value = 0, bool changeable = false) =>
        Add(new ModeField(name, index, count, 0xFF, []), value, changeable);

    /// <summary>The same page with a field that MODE SELECT may set to some values.</summary>
    /// <exception cref="ArgumentException">There is no such field of one byte.</exception>
    public ModePage Allow(string name, params IReadOnlyList<int> values)
    {
        var at = Array.FindIndex(_fields, field => field.Name == name && field.Count == 1);
        if (at < 0) throw new ArgumentException("the page has no field " + name, nameof(name));
        var fields = (ModeField[])_fields.Clone();
        fields[at] = fields[at] with { Allowed = values };
        var changeable = (byte[])_changeable.Clone();
        changeable[fields[at].Index] |= fields[at].Mask;
        return new ModePage(Name, _defaults, changeable, fields);
    }

    /// <summary>The same page with another default of a field.</summary>
    /// <exception cref="ArgumentException">There is no such field.</exception>
    public ModePage With(string name, uint value)
    {
        foreach (var field in _fields)
        {
            if (field.Name != name) continue;
            var defaults = (byte[])_defaults.Clone();
            field.Set(defaults, value);
            return new ModePage(Name, defaults, _changeable, _fields);
        }
        throw new ArgumentException("the page has no field " + name, nameof(name));
    }

    /// <summary>Values of the page with another value of a field.</summary>
    /// <exception cref="ArgumentException">There is no such field.</exception>
    public byte[] Write(ReadOnlySpan<byte> values, string name, uint value)
    {
        foreach (var field in _fields)
        {
            if (field.Name != name) continue;
            var written = values.ToArray();
            field.Set(written, value);
            return written;
        }
        throw new ArgumentException("the page has no field " + name, nameof(name));
    }

    /// <summary>
    /// Where in a page that is to become current something stands that must not; null where all is well. The header has
    /// been checked.
    /// </summary>
    public (int Byte, int Bit)? FindFault(ReadOnlySpan<byte> current, ReadOnlySpan<byte> wanted)
    {
        for (var i = HeaderLength; i < Length; i++)
        {
            var stray = (uint)((current[i] ^ wanted[i]) & ~_changeable[i]);
            if (stray != 0) return (i, System.Numerics.BitOperations.Log2(stray));
        }
        foreach (var field in _fields)
        {
            if (field.Allowed.Count == 0 || field.Allowed.Contains((int)field.Get(wanted))) continue;
            return (field.Index, System.Numerics.BitOperations.Log2(field.Mask));
        }
        return null;
    }

    /// <summary>Reads a field of a page's bytes.</summary>
    /// <exception cref="ArgumentException">There is no such field.</exception>
    public uint Read(ReadOnlySpan<byte> page, string name)
    {
        foreach (var field in _fields)
            if (field.Name == name) return field.Get(page);
        throw new ArgumentException("the page has no field " + name, nameof(name));
    }

    private ModePage Add(ModeField field, uint value, bool changeable)
    {
        var defaults = (byte[])_defaults.Clone();
        var mask = (byte[])_changeable.Clone();
        field.Set(defaults, value);
        if (changeable)
            for (var i = 0; i < field.Count; i++) mask[field.Index + i] |= field.Mask;
        return new ModePage(Name, defaults, mask, [.. _fields, field]);
    }

    /// <inheritdoc/>
    public override string ToString() => Subpage == 0 ? $"{Code:X2}h {Name}" : $"{Code:X2}h/{Subpage:X2}h {Name}";
}
