using System.Globalization;

namespace Lunette.Iscsi;

/// <summary>Target session identifying handle (RFC 7143 section 11.12.6). 0 names no session.</summary>
/// <param name="Value">The number as it stands on the wire.</param>
public readonly record struct Tsih(ushort Value)
{
    /// <summary>0: a session that does not exist yet.</summary>
    public static Tsih None => default;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>
/// Connection identifier: an initiator's number for a connection of a session (RFC 7143 section 11.12.7).
/// </summary>
/// <param name="Value">The number as it stands on the wire.</param>
public readonly record struct Cid(ushort Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
