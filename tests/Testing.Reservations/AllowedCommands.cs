using Lunette.Scsi;

namespace Lunette.Testing.Reservations;

/// <summary>
/// SPC-6, Commands that are allowed in the presence of various reservations, and the table of SBC-5 beside it, by the
/// names of the commands. Their cells have three patterns only: allowed to all, for reading, and for writing.
/// </summary>
public static class AllowedCommands
{
    private static readonly HashSet<string> s_toAll =
    [
        "INQUIRY", "REPORT LUNS", "REQUEST SENSE", "TEST UNIT READY", "LOG SENSE",
        "PERSISTENT RESERVE IN, READ KEYS", "PERSISTENT RESERVE IN, READ RESERVATION",
        "PERSISTENT RESERVE IN, REPORT CAPABILITIES", "PERSISTENT RESERVE IN, READ FULL STATUS",
        "PREVENT ALLOW MEDIUM REMOVAL",                     // PREVENT is zero
        "READ MEDIA SERIAL NUMBER", "REPORT IDENTIFYING INFORMATION", "REPORT TARGET PORT GROUPS", "REPORT TIMESTAMP",
        "REPORT PRIORITY", "READ CAPACITY (10)", "READ CAPACITY (16)", "REPORT REFERRALS", "COPY OPERATION ABORT",
        "RECEIVE COPY STATUS (LID1)", "RECEIVE COPY DATA (LID1)", "RECEIVE COPY OPERATING PARAMETERS",
        "RECEIVE COPY FAILURE DETAILS (LID1)", "RECEIVE COPY STATUS (LID4)", "RECEIVE COPY DATA (LID4)",
        "RECEIVE ROD TOKEN INFORMATION", "REPORT ALL ROD TOKENS", "REPORT PROVISIONING INITIALIZATION PATTERN",
        "REPORT ALIASES",
    ];

    private static readonly HashSet<string> s_reading =
    [
        "MODE SENSE (6)", "MODE SENSE (10)", "SECURITY PROTOCOL IN", "READ BUFFER (10)", "READ BUFFER (16)",
        "RECEIVE DIAGNOSTIC RESULTS", "REPORT SUPPORTED OPERATION CODES", "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS",
        "READ (6)", "READ (10)", "READ (12)", "READ (16)", "READ (32)", "PRE-FETCH (10)", "PRE-FETCH (16)",
        "VERIFY (10)", "VERIFY (12)", "VERIFY (16)", "VERIFY (32)", "GET LBA STATUS (16)", "GET LBA STATUS (32)",
        "READ DEFECT DATA (10)", "READ DEFECT DATA (12)", "POPULATE TOKEN", "GET STREAM STATUS",
        "MANAGEMENT PROTOCOL IN", "GET PHYSICAL ELEMENT STATUS",
    ];

    private static readonly HashSet<string> s_writing =
    [
        "LOG SELECT", "MODE SELECT (6)", "MODE SELECT (10)", "SEND DIAGNOSTIC", "SET IDENTIFYING INFORMATION",
        "SET TARGET PORT GROUPS", "SET TIMESTAMP", "SET PRIORITY", "WRITE BUFFER",
        "START STOP UNIT",                                  // START is zero
        "WRITE (6)", "WRITE (10)", "WRITE (12)", "WRITE (16)", "WRITE (32)", "WRITE AND VERIFY (10)",
        "WRITE AND VERIFY (12)", "WRITE AND VERIFY (16)", "WRITE AND VERIFY (32)", "WRITE SAME (10)", "WRITE SAME (16)",
        "WRITE SAME (32)", "WRITE SCATTERED (16)", "WRITE SCATTERED (32)", "WRITE ATOMIC (16)", "WRITE ATOMIC (32)",
        "COMPARE AND WRITE", "ORWRITE (16)", "ORWRITE (32)", "SYNCHRONIZE CACHE (10)", "SYNCHRONIZE CACHE (16)",
        "UNMAP", "FORMAT UNIT", "REASSIGN BLOCKS", "SANITIZE, OVERWRITE", "SANITIZE, BLOCK ERASE",
        "SANITIZE, CRYPTOGRAPHIC ERASE", "SANITIZE, EXIT FAILURE MODE", "EXTENDED COPY (LID1)", "EXTENDED COPY (LID4)",
        "WRITE USING TOKEN", "WRITE STREAM (16)", "WRITE STREAM (32)", "STREAM CONTROL", "BACKGROUND CONTROL",
        "FORMAT WITH PRESET", "SECURITY PROTOCOL OUT", "CHANGE ALIASES",
        "WRITE LONG (10)", "WRITE LONG (16)", "MANAGEMENT PROTOCOL OUT", "REMOVE I_T NEXUS",
        "REMOVE ELEMENT AND TRUNCATE", "RESTORE ELEMENTS AND REBUILD",
        // SPC-3, Exceptions to SPC-2 RESERVE and RELEASE behavior: of no effect for registrants.
        "RESERVE (6)", "RESERVE (10)", "RELEASE (6)", "RELEASE (10)",
    ];

    // SPC-2: a logical unit that another initiator has reserved with RESERVE. What came later goes with its like.
    private static readonly HashSet<string> s_whenReserved =
    [
        "INQUIRY", "REPORT LUNS", "REQUEST SENSE", "LOG SENSE", "READ MEDIA SERIAL NUMBER",
        "PREVENT ALLOW MEDIUM REMOVAL", "RELEASE (6)", "RELEASE (10)", "READ CAPACITY (10)", "READ CAPACITY (16)",
        "REPORT REFERRALS", "COPY OPERATION ABORT", "RECEIVE COPY STATUS (LID1)", "RECEIVE COPY DATA (LID1)",
        "RECEIVE COPY OPERATING PARAMETERS", "RECEIVE COPY FAILURE DETAILS (LID1)", "RECEIVE COPY STATUS (LID4)",
        "RECEIVE COPY DATA (LID4)", "RECEIVE ROD TOKEN INFORMATION", "REPORT ALL ROD TOKENS",
        "REPORT PROVISIONING INITIALIZATION PATTERN",
    ];

    /// <summary>Whether a command is allowed to an I_T nexus that does not hold the persistent reservation.</summary>
    /// <exception cref="ArgumentException">The command has no line in the table.</exception>
    public static bool Allows(string command, PersistentReservationType type, bool toRegistrant)
    {
        var asHolder = toRegistrant && type.IsForRegistrants();
        if (s_toAll.Contains(command)) return true;
        if (s_reading.Contains(command)) return asHolder || !type.IsExclusiveAccess();
        if (s_writing.Contains(command)) return asHolder;
        throw new ArgumentException($"{command} has no line in the table", nameof(command));
    }

    /// <summary>Whether a command is allowed to others than the one who did RESERVE.</summary>
    public static bool AllowsWhenReserved(string command) => s_whenReserved.Contains(command);
}
