namespace Lunette.Admin.Contracts;

/// <summary>Types of values in a <see cref="NameValueList"/>.</summary>
public enum NameValueType
{
    /// <summary>Text.</summary>
    String,

    /// <summary>Several texts.</summary>
    StringArray,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A number without a sign, 64 bits at most.</summary>
    UInt64,

    /// <summary>A number with a sign, 64 bits at most.</summary>
    Int64,

    /// <summary>Bytes, in base64.</summary>
    ByteArray,

    /// <summary>A list inside the list.</summary>
    List,
}

/// <summary>One name and its value; exactly the member its type names is set.</summary>
/// <param name="Name">The name, unique in its list.</param>
/// <param name="Type">Which member holds the value.</param>
public sealed record NameValue(string Name, NameValueType Type)
{
    /// <summary>
    /// Of <see cref="NameValueType.String"/>, and in base64 of <see cref="NameValueType.ByteArray"/>.
    /// </summary>
    public string? Text { get; init; }

    /// <summary>Of <see cref="NameValueType.StringArray"/>.</summary>
    public IReadOnlyList<string>? Texts { get; init; }

    /// <summary>Of <see cref="NameValueType.Boolean"/>.</summary>
    public bool? Flag { get; init; }

    /// <summary>Of <see cref="NameValueType.UInt64"/>.</summary>
    public ulong? Unsigned { get; init; }

    /// <summary>Of <see cref="NameValueType.Int64"/>.</summary>
    public long? Signed { get; init; }

    /// <summary>Of <see cref="NameValueType.List"/>.</summary>
    public NameValueList? List { get; init; }
}

/// <summary>
/// What a provider keeps with the framework (an nvlist in COMSTAR's words): names and values, in order.
/// </summary>
/// <param name="Values">At most <see cref="CountMax"/> of them.</param>
public sealed record NameValueList(IReadOnlyList<NameValue> Values)
{
    /// <summary>Values a list may have at most, lists inside it counted for themselves.</summary>
    public const int CountMax = 65536;

    /// <summary>How deep lists may lie in lists.</summary>
    public const int DepthMax = 16;

    /// <summary>Nothing.</summary>
    public static NameValueList Empty { get; } = new([]);

    /// <summary>The value of a name; null where the list has none.</summary>
    public NameValue? Find(string name) => Values.FirstOrDefault(value => value.Name == name);

    /// <summary>The text of a name; null where the list has none, or another type.</summary>
    public string? FindText(string name) => Find(name)?.Text;

    /// <summary>The list of a name; null where the list has none, or another type.</summary>
    public NameValueList? FindList(string name) => Find(name)?.List;

    /// <summary>
    /// A new list in which a name has a text, in its old place or at the end; null takes the name out.
    /// </summary>
    public NameValueList With(string name, string? text) =>
        With(name, text is null ? null : new NameValue(name, NameValueType.String) { Text = text });

    /// <summary>
    /// A new list in which a name has a list, in its old place or at the end; null takes the name out.
    /// </summary>
    public NameValueList With(string name, NameValueList? list) =>
        With(name, list is null ? null : new NameValue(name, NameValueType.List) { List = list });

    /// <summary>
    /// A new list in which a name has texts, in its old place or at the end; null takes the name out.
    /// </summary>
    public NameValueList With(string name, IReadOnlyList<string>? texts) =>
        With(name, texts is null ? null : new NameValue(name, NameValueType.StringArray) { Texts = texts });

    /// <summary>A new list in which a name has a number, in its old place or at the end.</summary>
    public NameValueList With(string name, ulong number) =>
        With(name, new NameValue(name, NameValueType.UInt64) { Unsigned = number });

    private NameValueList With(string name, NameValue? value)
    {
        var values = new List<NameValue>(Values.Count + 1);
        var placed = false;
        foreach (var old in Values)
        {
            if (old.Name != name)
            {
                values.Add(old);
            }
            else if (value is not null && !placed)
            {
                values.Add(value);
                placed = true;
            }
        }
        if (value is not null && !placed) values.Add(value);
        return new(values);
    }
}
