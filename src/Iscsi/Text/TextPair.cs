namespace Lunette.Iscsi;

/// <summary>One key=value pair of a text data segment (RFC 7143 section 6.1).</summary>
/// <param name="Key">The key's name.</param>
/// <param name="Value">The value, or the list of values with its commas.</param>
public readonly record struct TextPair(string Key, string Value)
{
    /// <summary>The reserved answer to a key the receiver does not know.</summary>
    public const string NotUnderstood = "NotUnderstood";

    /// <summary>The reserved answer to a key that has no meaning here.</summary>
    public const string Irrelevant = "Irrelevant";

    /// <summary>The reserved answer to a value that cannot be taken.</summary>
    public const string Reject = "Reject";

    /// <summary>Whether the value is one of the three that can only be answers.</summary>
    public bool IsReservedAnswer => Value is NotUnderstood or Irrelevant or Reject;

    /// <inheritdoc/>
    public override string ToString() => $"{Key}={Value}";
}
