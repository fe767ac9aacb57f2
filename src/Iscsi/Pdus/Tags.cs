using System.Globalization;

namespace Lunette.Iscsi;

/// <summary>
/// Names a task for its initiator; unique in the session while the task lives (RFC 7143 section 11.2.1.8).
/// </summary>
/// <param name="Value">The number as it stands on the wire.</param>
public readonly record struct InitiatorTaskTag(uint Value)
{
    /// <summary>FFFFFFFFh: no task.</summary>
    public static InitiatorTaskTag Reserved => new(0xFFFF_FFFF);

    /// <summary>Whether this is the reserved value, which names no task.</summary>
    public bool IsReserved => Value == 0xFFFF_FFFF;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("X8", CultureInfo.InvariantCulture);
}

/// <summary>Names a transfer, a ping or a negotiation for its target (RFC 7143 section 11.7.4).</summary>
/// <param name="Value">The number as it stands on the wire.</param>
public readonly record struct TargetTransferTag(uint Value)
{
    /// <summary>FFFFFFFFh: the target gave none.</summary>
    public static TargetTransferTag Reserved => new(0xFFFF_FFFF);

    /// <summary>Whether this is the reserved value.</summary>
    public bool IsReserved => Value == 0xFFFF_FFFF;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("X8", CultureInfo.InvariantCulture);
}
