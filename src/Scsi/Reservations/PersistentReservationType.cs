namespace Lunette.Scsi;

/// <summary>TYPE of a persistent reservation (SPC-6, Persistent reservations type).</summary>
public enum PersistentReservationType : byte
{
    /// <summary>No reservation: not a value of the wire's.</summary>
    None = 0x0,

    /// <summary>Others may read; the holder may write.</summary>
    WriteExclusive = 0x1,

    /// <summary>The holder alone has access.</summary>
    ExclusiveAccess = 0x3,

    /// <summary>Others may read; registrants may write.</summary>
    WriteExclusiveRegistrantsOnly = 0x5,

    /// <summary>Registrants alone have access.</summary>
    ExclusiveAccessRegistrantsOnly = 0x6,

    /// <summary>As the registrants only type, and every registrant holds it.</summary>
    WriteExclusiveAllRegistrants = 0x7,

    /// <summary>As the registrants only type, and every registrant holds it.</summary>
    ExclusiveAccessAllRegistrants = 0x8,
}

/// <summary>What the types have in common.</summary>
public static class PersistentReservationTypes
{
    /// <summary>Whether the value is a type of the standard's.</summary>
    public static bool IsDefined(this PersistentReservationType type) =>
        (byte)type is 0x1 or 0x3 or 0x5 or 0x6 or 0x7 or 0x8;

    /// <summary>Whether every registrant holds it.</summary>
    public static bool IsAllRegistrants(this PersistentReservationType type) => (byte)type is 0x7 or 0x8;

    /// <summary>Whether registrants that do not hold it have the holder's access.</summary>
    public static bool IsForRegistrants(this PersistentReservationType type) => (byte)type is >= 0x5 and <= 0x8;

    /// <summary>Whether others are kept from reading too.</summary>
    public static bool IsExclusiveAccess(this PersistentReservationType type) => (byte)type is 0x3 or 0x6 or 0x8;
}
