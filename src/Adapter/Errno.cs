namespace Lunette.Adapter;

/// <summary>Error numbers with AIX's values, as far as the SCSI subsystem answers them.</summary>
public enum Errno
{
    /// <summary>Success.</summary>
    None = 0,

    /// <summary>The caller lacks the authority, or is not a kernel extension.</summary>
    EPERM = 1,

    /// <summary>An unrecoverable I/O error.</summary>
    EIO = 5,

    /// <summary>Unsupported option; in a transaction: returned without an answer, to be started again, or not wanted
    /// any more by its owner.</summary>
    ENXIO = 6,

    /// <summary>No memory.</summary>
    ENOMEM = 12,

    /// <summary>The open mode does not allow it.</summary>
    EACCES = 13,

    /// <summary>The caller's memory cannot be read or written.</summary>
    EFAULT = 14,

    /// <summary>Open already, or reserved by somebody else.</summary>
    EBUSY = 16,

    /// <summary>The target does not answer, or its adapter is no more.</summary>
    ENODEV = 19,

    /// <summary>An argument is wrong, or the device is not started.</summary>
    EINVAL = 22,

    /// <summary>Too many devices of the adapter are open.</summary>
    EMFILE = 24,

    /// <summary>Diagnostics ran to their end with earlier errors.</summary>
    ENOMSG = 35,

    /// <summary>There is no medium.</summary>
    ENOTREADY = 46,

    /// <summary>The medium is write protected.</summary>
    EWRPROTECT = 47,

    /// <summary>The medium's format is not known.</summary>
    EFORMAT = 48,

    /// <summary>A bus fault; here: the connection was lost.</summary>
    ENOCONNECT = 50,

    /// <summary>The medium of a CD or optical device was changed while it was open.</summary>
    ESTALE = 52,

    /// <summary>An operation is going on that excludes this one.</summary>
    EINPROGRESS = 55,

    /// <summary>No answer in time.</summary>
    ETIMEDOUT = 78,

    /// <summary>An unrecovered error of the medium, or another medium than was opened.</summary>
    EMEDIA = 110,

    /// <summary>A recovered error of the medium.</summary>
    ESOFT = 111,
}
