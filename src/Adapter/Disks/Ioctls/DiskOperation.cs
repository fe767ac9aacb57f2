namespace Lunette.Adapter.Disks;

/// <summary>In which kind of open an operation of scdisk works.</summary>
public enum DiskOpenMode : byte
{
    /// <summary>Any.</summary>
    Any,

    /// <summary>Not the diagnostic one; EACCES there.</summary>
    Normal,

    /// <summary>The diagnostic one only; EACCES elsewhere.</summary>
    Diagnostic,

    /// <summary>The exclusive one (SC_SINGLE) only; EACCES elsewhere.</summary>
    Exclusive,
}

/// <summary>One operation of scdisk: what is known of it before it is carried out.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Number">Its number.</param>
/// <param name="Mode">The kind of open it works in.</param>
/// <param name="Argument">Type of its argument; null for none.</param>
public sealed record DiskOperation(string Name, int Number, DiskOpenMode Mode, Type? Argument)
{
    /// <summary>Other devices have it, a disk has not: EINVAL.</summary>
    public bool Unsupported { get; init; }

    /// <summary>The operation of a number; null where scdisk has none.</summary>
    public static DiskOperation? Find(int number) => All.FirstOrDefault(operation => operation.Number == number);

    /// <summary>All operations, by number.</summary>
    public static IReadOnlyList<DiskOperation> All { get; } =
    [
        new("DKIORDSE", DiskIoctlNumber.DKIORDSE, DiskOpenMode.Normal, typeof(DiskReadWrite)),
        new("DKIOWRSE", DiskIoctlNumber.DKIOWRSE, DiskOpenMode.Normal, typeof(DiskReadWrite)),
        new("DKIOCMD", DiskIoctlNumber.DKIOCMD, DiskOpenMode.Diagnostic, typeof(Arguments.ScIocmd)),
        new("DKEJECT", DiskIoctlNumber.DKEJECT, DiskOpenMode.Normal, null),
        new("DKPMR", DiskIoctlNumber.DKPMR, DiskOpenMode.Normal, null),
        new("DKAMR", DiskIoctlNumber.DKAMR, DiskOpenMode.Normal, null),
        new("DKFORMAT", DiskIoctlNumber.DKFORMAT, DiskOpenMode.Exclusive, typeof(DiskFormat)),
        new("DKAUDIO", DiskIoctlNumber.DKAUDIO, DiskOpenMode.Normal, null) { Unsupported = true },
        new("DK_CD_MODE", DiskIoctlNumber.DK_CD_MODE, DiskOpenMode.Normal, null) { Unsupported = true },
        new("DKIOLRDSE", DiskIoctlNumber.DKIOLRDSE, DiskOpenMode.Normal, typeof(DiskReadWrite)),
        new("DKIOLWRSE", DiskIoctlNumber.DKIOLWRSE, DiskOpenMode.Normal, typeof(DiskReadWrite)),
        new("DKIOLCMD", DiskIoctlNumber.DKIOLCMD, DiskOpenMode.Diagnostic, typeof(Arguments.ScsiIocmd)),
        new("DKIOCMD16", DiskIoctlNumber.DKIOCMD16, DiskOpenMode.Diagnostic, typeof(Arguments.ScIocmd)),
        new("DKUCFG_STOPU", DiskIoctlNumber.DKUCFG_STOPU, DiskOpenMode.Normal, null),
        new("DK_PASSTHRU", DiskIoctlNumber.DK_PASSTHRU, DiskOpenMode.Any, typeof(Arguments.ScPassthru)),
        new("DK_RWBUFFER", DiskIoctlNumber.DK_RWBUFFER, DiskOpenMode.Any, typeof(DiskWriteBuffer)),
        new("DKPRES_READKEYS", DiskIoctlNumber.DKPRES_READKEYS, DiskOpenMode.Normal, typeof(DiskReservation)),
        new("DKPRES_READRES", DiskIoctlNumber.DKPRES_READRES, DiskOpenMode.Normal, typeof(DiskReservation)),
        new("DKPRES_CLEAR", DiskIoctlNumber.DKPRES_CLEAR, DiskOpenMode.Normal, typeof(DiskReservation)),
        new("DKPRES_PREEMPT", DiskIoctlNumber.DKPRES_PREEMPT, DiskOpenMode.Normal, typeof(DiskReservation)),
        new("DKPRES_PREEMPT_ABORT", DiskIoctlNumber.DKPRES_PREEMPT_ABORT, DiskOpenMode.Normal,
            typeof(DiskReservation)),
        new("DKPRES_REGISTER", DiskIoctlNumber.DKPRES_REGISTER, DiskOpenMode.Normal, typeof(DiskReservation)),
        new("DKIORDSE16", DiskIoctlNumber.DKIORDSE16, DiskOpenMode.Normal, typeof(DiskReadWrite)),
        new("DKIOWRSE16", DiskIoctlNumber.DKIOWRSE16, DiskOpenMode.Normal, typeof(DiskReadWrite)),
        new("DKPATHFORCE", DiskIoctlNumber.DKPATHFORCE, DiskOpenMode.Normal, typeof(int)),
        new("DKPATHIOCMD", DiskIoctlNumber.DKPATHIOCMD, DiskOpenMode.Diagnostic, typeof(DiskPathArgument)),
        new("DKPATHIOLCMD", DiskIoctlNumber.DKPATHIOLCMD, DiskOpenMode.Diagnostic, typeof(DiskPathArgument)),
        new("DKPATHPASSTHRU", DiskIoctlNumber.DKPATHPASSTHRU, DiskOpenMode.Any, typeof(DiskPathArgument)),
        new("DKPATHRWBUFFER", DiskIoctlNumber.DKPATHRWBUFFER, DiskOpenMode.Any, typeof(DiskPathArgument)),
        // What it carries is the path control module's own; this one has nothing to be asked for.
        new("DKPCMPASSTHRU", DiskIoctlNumber.DKPCMPASSTHRU, DiskOpenMode.Normal, null) { Unsupported = true },
        new("DKLOGSENSE", DiskIoctlNumber.DKLOGSENSE, DiskOpenMode.Normal, typeof(DiskLog)),
        new("DKLOGSELECT", DiskIoctlNumber.DKLOGSELECT, DiskOpenMode.Normal, typeof(DiskLog)),
        new("IOCINFO", Lunette.Adapter.Ioctls.IoctlNumber.IOCINFO, DiskOpenMode.Any, null),
    ];
}

/// <summary>Numbers of scdisk's operations.</summary>
public static class DiskIoctlNumber
{
#pragma warning disable CS1591, CA1707 // The constants' names are the operations'.
    public const int DKIORDSE = 1;
    public const int DKIOWRSE = 2;
    public const int DKIOCMD = 3;
    public const int DKEJECT = 4;
    public const int DKPMR = 5;
    public const int DKAMR = 6;
    public const int DKFORMAT = 7;
    public const int DKAUDIO = 8;
    public const int DK_CD_MODE = 9;
    public const int DKIOLRDSE = 0x10;
    public const int DKIOLWRSE = 0x11;
    public const int DKIOLCMD = 0x12;
    public const int DKIOCMD16 = 0x13;
    public const int DKUCFG_STOPU = 0x14;
    public const int DK_PASSTHRU = 0x17;
    public const int DK_RWBUFFER = 0x18;
    public const int DKPRES_READKEYS = 0x19;
    public const int DKPRES_READRES = 0x1A;
    public const int DKPRES_CLEAR = 0x1B;
    public const int DKPRES_PREEMPT = 0x1C;
    public const int DKPRES_PREEMPT_ABORT = 0x1D;
    public const int DKPRES_REGISTER = 0x1E;
    public const int DKIORDSE16 = 0x1F;
    public const int DKIOWRSE16 = 0x20;
    public const int DKPATHFORCE = 0x30;
    public const int DKPATHIOCMD = 0x31;
    public const int DKPATHIOLCMD = 0x32;
    public const int DKPATHPASSTHRU = 0x33;
    public const int DKPATHRWBUFFER = 0x34;
    public const int DKPCMPASSTHRU = 0x35;
    public const int DKLOGSENSE = 0x36;
    public const int DKLOGSELECT = 0x37;
#pragma warning restore CS1591, CA1707
}
