namespace Lunette.DeviceServer.Commands;

/// <summary>
/// What a reservation held by another I_T nexus means for a command: a column set of SPC-6, Commands that are allowed
/// in the presence of various reservations, folded into classes.
/// </summary>
[Flags]
public enum ReservationAccess : byte
{
    /// <summary>Allowed whatever is reserved.</summary>
    Always = 0,

    /// <summary>Conflicts with EXCLUSIVE ACCESS reservations of others.</summary>
    WhenReading = 1,

    /// <summary>Conflicts with every persistent reservation of others that excludes writing.</summary>
    WhenWriting = 2,

    /// <summary>Allowed in the presence of persistent reservations; conflicts with RESERVE of others (SPC-2).</summary>
    UnlessReserved = 4,

    /// <summary>The command's own handler decides; PERSISTENT RESERVE OUT, RESERVE and RELEASE.</summary>
    DecidedByHandler = 8,
}

/// <summary>Tells the access class of one CDB, for commands where a field of it matters.</summary>
/// <param name="cdb">The CDB, at least as long as the row's layout.</param>
public delegate ReservationAccess ReservationAccessByCdb(ReadOnlySpan<byte> cdb);
