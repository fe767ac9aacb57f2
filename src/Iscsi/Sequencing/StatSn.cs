using System.Globalization;

namespace Lunette.Iscsi;

/// <summary>Status sequence number: one count per connection (RFC 7143 section 4.2.2.2).</summary>
/// <param name="Value">The number as it stands on the wire.</param>
public readonly record struct StatSn(uint Value)
{
    /// <summary>The number that follows; the last is followed by zero.</summary>
    public StatSn Next => new(Value + 1);

    /// <summary>The number <paramref name="count"/> steps further on, around the circle.</summary>
    public StatSn Advance(uint count) => new(Value + count);

    /// <summary>Whether this number comes strictly before the other (RFC 1982).</summary>
    public bool Precedes(StatSn other) => SerialNumber.Precedes(Value, other.Value);

    /// <summary>Whether this number comes strictly after the other (RFC 1982).</summary>
    public bool Follows(StatSn other) => SerialNumber.Precedes(other.Value, Value);

    /// <summary>How many steps lead from the other number to this one, around the circle.</summary>
    public uint DistanceFrom(StatSn other) => Value - other.Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
