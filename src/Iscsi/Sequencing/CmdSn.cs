using System.Globalization;

namespace Lunette.Iscsi;

/// <summary>
/// Command sequence number: session wide, given to every non-immediate request (RFC 7143 section 4.2.2.1).
/// </summary>
/// <param name="Value">The number as it stands on the wire.</param>
public readonly record struct CmdSn(uint Value)
{
    /// <summary>The number that follows; the last is followed by zero.</summary>
    public CmdSn Next => new(Value + 1);

    /// <summary>The number <paramref name="count"/> steps further on, around the circle.</summary>
    public CmdSn Advance(uint count) => new(Value + count);

    /// <summary>Whether this number comes strictly before the other (RFC 1982).</summary>
    public bool Precedes(CmdSn other) => SerialNumber.Precedes(Value, other.Value);

    /// <summary>Whether this number comes strictly after the other (RFC 1982).</summary>
    public bool Follows(CmdSn other) => SerialNumber.Precedes(other.Value, Value);

    /// <summary>How many steps lead from the other number to this one, around the circle.</summary>
    public uint DistanceFrom(CmdSn other) => Value - other.Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
