namespace Lunette.Adapter.ErrorLog;

/// <summary>Labels of the system error log that the SCSI subsystem writes; the values are AIX's error ids.</summary>
public enum ErrorLabel : uint
{
#pragma warning disable CS1591, CA1707 // The member's name is the label, its row below says what it means.
    SCSI_ERR1 = 0x0502F666,
    SCSI_ERR2 = 0xC14C511C,
    SCSI_ERR3 = 0x5CC986A0,
    SCSI_ERR4 = 0x13881423,
    SCSI_ERR6 = 0x52DB7218,
    SCSI_ERR7 = 0xFEC31570,
    SCSI_ERR8 = 0xB18287F3,
    SCSI_ERR10 = 0x0BA49C99,
    DISK_ERR1 = 0x425BDD47,
    DISK_ERR2 = 0x16F35C72,
    DISK_ERR3 = 0x8647C4E2,
    DISK_ERR4 = 0x49A83216,
    DISK_ERR5 = 0xFEFD41FF,
    DISK_ERR6 = 0x080784A7,
    TAPE_ERR1 = 0x4865FA9B,
    TAPE_ERR2 = 0x476B351D,
    TAPE_ERR3 = 0x22006523,
    TAPE_ERR4 = 0x5537AC5F,
    TAPE_ERR5 = 0xFFE2F73A,
    TAPE_ERR6 = 0xB617E928,
    TMSCSI_READ_ERR = 0x868921F2,
    TMSCSI_CMD_ERR = 0xEE18DF01,
    TMSCSI_UNRECVRD_ERR = 0xFBF0BFC1,
    TMSCSI_RECVRD_ERR = 0x98F39A90,
    TMSCSI_UNKN_SFW_ERR = 0x72CBC436,
#pragma warning restore CS1591, CA1707
}

/// <summary>Class of an error: what has failed.</summary>
public enum ErrorClass
{
    /// <summary>H.</summary>
    Hardware,

    /// <summary>S.</summary>
    Software,
}

/// <summary>Type of an error: how lasting it is.</summary>
public enum ErrorType
{
    /// <summary>PERM.</summary>
    Permanent,

    /// <summary>TEMP.</summary>
    Temporary,

    /// <summary>UNKN.</summary>
    Unknown,
}

/// <summary>What is known of a label: an <c>errpt</c> template.</summary>
/// <param name="Label">The label.</param>
/// <param name="Class">What has failed.</param>
/// <param name="Type">How lasting it is.</param>
/// <param name="Description">For people.</param>
public sealed record ErrorTemplate(ErrorLabel Label, ErrorClass Class, ErrorType Type, string Description)
{
    /// <summary>All templates.</summary>
    public static IReadOnlyList<ErrorTemplate> All { get; } =
    [
        new(ErrorLabel.SCSI_ERR1, ErrorClass.Hardware, ErrorType.Permanent, "ADAPTER ERROR"),
        new(ErrorLabel.SCSI_ERR2, ErrorClass.Hardware, ErrorType.Temporary, "ADAPTER ERROR"),
        new(ErrorLabel.SCSI_ERR3, ErrorClass.Software, ErrorType.Permanent, "MICROCODE PROGRAM ERROR"),
        new(ErrorLabel.SCSI_ERR4, ErrorClass.Software, ErrorType.Temporary, "MICROCODE PROGRAM ERROR"),
        new(ErrorLabel.SCSI_ERR6, ErrorClass.Software, ErrorType.Temporary, "DEVICE DRIVER ERROR"),
        new(ErrorLabel.SCSI_ERR7, ErrorClass.Software, ErrorType.Permanent, "SYSTEM ERROR"),
        new(ErrorLabel.SCSI_ERR8, ErrorClass.Software, ErrorType.Temporary, "SYSTEM ERROR"),
        new(ErrorLabel.SCSI_ERR10, ErrorClass.Hardware, ErrorType.Temporary, "SCSI BUS ERROR"),
        new(ErrorLabel.DISK_ERR1, ErrorClass.Hardware, ErrorType.Permanent, "DISK OPERATION ERROR: MEDIUM"),
        new(ErrorLabel.DISK_ERR2, ErrorClass.Hardware, ErrorType.Permanent, "DISK OPERATION ERROR: DEVICE"),
        new(ErrorLabel.DISK_ERR3, ErrorClass.Hardware, ErrorType.Permanent, "DISK OPERATION ERROR: ADAPTER"),
        new(ErrorLabel.DISK_ERR4, ErrorClass.Hardware, ErrorType.Temporary, "DISK OPERATION ERROR: RECOVERED"),
        new(ErrorLabel.DISK_ERR5, ErrorClass.Hardware, ErrorType.Unknown, "UNDETERMINED ERROR"),
        new(ErrorLabel.DISK_ERR6, ErrorClass.Hardware, ErrorType.Permanent, "PATH HAS FAILED"),
        new(ErrorLabel.TAPE_ERR1, ErrorClass.Hardware, ErrorType.Permanent, "TAPE OPERATION ERROR: MEDIUM"),
        new(ErrorLabel.TAPE_ERR2, ErrorClass.Hardware, ErrorType.Permanent, "TAPE DRIVE FAILURE"),
        new(ErrorLabel.TAPE_ERR3, ErrorClass.Hardware, ErrorType.Temporary, "TAPE ERRORS RECOVERED: THRESHOLD"),
        new(ErrorLabel.TAPE_ERR4, ErrorClass.Hardware, ErrorType.Permanent, "TAPE OPERATION ERROR: ADAPTER"),
        new(ErrorLabel.TAPE_ERR5, ErrorClass.Hardware, ErrorType.Unknown, "UNDETERMINED ERROR"),
        new(ErrorLabel.TAPE_ERR6, ErrorClass.Hardware, ErrorType.Temporary, "TAPE DRIVE NEEDS CLEANING"),
        new(ErrorLabel.TMSCSI_READ_ERR, ErrorClass.Hardware, ErrorType.Permanent, "TARGET MODE RECEIVE ERROR"),
        new(ErrorLabel.TMSCSI_CMD_ERR, ErrorClass.Hardware, ErrorType.Permanent, "TARGET MODE SEND ERROR"),
        new(ErrorLabel.TMSCSI_UNRECVRD_ERR, ErrorClass.Hardware, ErrorType.Permanent, "SEND NOT RECOVERED"),
        new(ErrorLabel.TMSCSI_RECVRD_ERR, ErrorClass.Hardware, ErrorType.Temporary, "SEND RECOVERED"),
        new(ErrorLabel.TMSCSI_UNKN_SFW_ERR, ErrorClass.Software, ErrorType.Unknown, "DEVICE DRIVER ERROR"),
    ];

    /// <summary>The template of a label; of one that a later version wrote, that nothing is known of it.</summary>
    public static ErrorTemplate Of(ErrorLabel label) => All.FirstOrDefault(template => template.Label == label)
        ?? new(label, ErrorClass.Software, ErrorType.Unknown, "NO TEMPLATE FOR THIS IDENTIFIER");
}
