using Lunette.Adapter.Arguments;

namespace Lunette.Adapter.Ioctls;

/// <summary>In which open mode an operation works.</summary>
public enum OperationMode : byte
{
    /// <summary>Normal mode only.</summary>
    Normal,

    /// <summary>Diagnostic mode only.</summary>
    Diagnostic,

    /// <summary>Both.</summary>
    Either,
}

/// <summary>One ioctl operation of an adapter driver: what is known of it before it is carried out.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Number">Its number.</param>
/// <param name="Mode">The open mode it works in; another is EACCES.</param>
/// <param name="Layout">Its argument structure; null for an IDLUN, none, or one for kernel extensions only.</param>
public sealed record AdapterOperation(string Name, int Number, OperationMode Mode, IArgumentLayout? Layout)
{
    /// <summary>Kernel extensions only; others get EPERM.</summary>
    public bool KernelOnly { get; init; }

    /// <summary>It has no meaning on the transports here and answers EINVAL: not supported.</summary>
    public bool Unsupported { get; init; }

    /// <summary>SCIOSTART and so on, by their numbers.</summary>
    public static AdapterOperation? Find(int number) => All.FirstOrDefault(operation => operation.Number == number);

    /// <summary>All operations, the parallel family first.</summary>
    public static IReadOnlyList<AdapterOperation> All { get; } =
    [
        new("IOCINFO", IoctlNumber.IOCINFO, OperationMode.Either, null),
        new("SCIOSTART", IoctlNumber.SCIOSTART, OperationMode.Normal, null),
        new("SCIOSTOP", IoctlNumber.SCIOSTOP, OperationMode.Normal, null),
        new("SCIOHALT", IoctlNumber.SCIOHALT, OperationMode.Normal, null),
        new("SCIOINQU", IoctlNumber.SCIOINQU, OperationMode.Normal, ScInquiry.Layout),
        new("SCIORESET", IoctlNumber.SCIORESET, OperationMode.Normal, null),
        new("SCIODIAG", IoctlNumber.SCIODIAG, OperationMode.Diagnostic, ScCardDiag.Layout),
        new("SCIOTRAM", IoctlNumber.SCIOTRAM, OperationMode.Diagnostic, ScRamTest.Layout),
        new("SCIODNLD", IoctlNumber.SCIODNLD, OperationMode.Either, ScDownload.Layout),
        new("SCIOSTUNIT", IoctlNumber.SCIOSTUNIT, OperationMode.Normal, ScStartUnit.Layout),
        new("SCIOTUR", IoctlNumber.SCIOTUR, OperationMode.Normal, ScReady.Layout),
        new("SCIOREAD", IoctlNumber.SCIOREAD, OperationMode.Normal, ScReadBlock.Layout),
        new("SCIOEVENT", IoctlNumber.SCIOEVENT, OperationMode.Normal, null) { KernelOnly = true },
        new("SCIOSTARTTGT", IoctlNumber.SCIOSTARTTGT, OperationMode.Normal, null) { KernelOnly = true },
        new("SCIOSTOPTGT", IoctlNumber.SCIOSTOPTGT, OperationMode.Normal, null) { KernelOnly = true },
        new("SCIOGTHW", IoctlNumber.SCIOGTHW, OperationMode.Normal, null),
        new("SCIOLUNRST", IoctlNumber.SCIOLUNRST, OperationMode.Normal, null),
        new("SCIOCMD", IoctlNumber.SCIOCMD, OperationMode.Normal, ScPassthru.Layout),
        new("SCIOLSTART", IoctlNumber.SCIOLSTART, OperationMode.Normal, ScsiSciolst.Layout),
        new("SCIOLSTOP", IoctlNumber.SCIOLSTOP, OperationMode.Normal, ScsiSciolst.Layout),
        new("SCIOLHALT", IoctlNumber.SCIOLHALT, OperationMode.Normal, ScsiSciolst.Layout),
        new("SCIOLRESET", IoctlNumber.SCIOLRESET, OperationMode.Normal, ScsiSciolst.Layout),
        new("SCIOLINQU", IoctlNumber.SCIOLINQU, OperationMode.Normal, ScsiInquiry.Layout),
        new("SCIOLSTUNIT", IoctlNumber.SCIOLSTUNIT, OperationMode.Normal, ScsiStartUnit.Layout),
        new("SCIOLTUR", IoctlNumber.SCIOLTUR, OperationMode.Normal, ScsiReady.Layout),
        new("SCIOLREAD", IoctlNumber.SCIOLREAD, OperationMode.Normal, ScsiReadBlock.Layout),
        new("SCIOLCMD", IoctlNumber.SCIOLCMD, OperationMode.Normal, ScsiIocmd.Layout),
        new("SCIOLEVENT", IoctlNumber.SCIOLEVENT, OperationMode.Normal, null) { KernelOnly = true },
        new("SCIOLNMSRV", IoctlNumber.SCIOLNMSRV, OperationMode.Normal, ScsiNameServer.Layout),
        new("SCIOLQWWN", IoctlNumber.SCIOLQWWN, OperationMode.Normal, ScsiQueryName.Layout),
        new("SCIOLPAYLD", IoctlNumber.SCIOLPAYLD, OperationMode.Normal, null) { Unsupported = true },
        new("SCIOLPASSTHRUHBA", IoctlNumber.SCIOLPASSTHRUHBA, OperationMode.Normal, null) { Unsupported = true },
        new("SCIOLCHBA", IoctlNumber.SCIOLCHBA, OperationMode.Normal, null) { Unsupported = true },
        new("SCIOLAUTHSET", IoctlNumber.SCIOLAUTHSET, OperationMode.Normal, null) { Unsupported = true },
        new("SCIOLAUTHCLR", IoctlNumber.SCIOLAUTHCLR, OperationMode.Normal, null) { Unsupported = true },
        new("SCIOLSTARTTGT", IoctlNumber.SCIOLSTARTTGT, OperationMode.Normal, null) { KernelOnly = true },
        new("SCIOLSTOPTGT", IoctlNumber.SCIOLSTOPTGT, OperationMode.Normal, null) { KernelOnly = true },
        new("SCIOLADAPEVENTLOG", IoctlNumber.SCIOLADAPEVENTLOG, OperationMode.Normal, null) { Unsupported = true },
    ];
}

/// <summary>Numbers of the operations.</summary>
public static class IoctlNumber
{
#pragma warning disable CS1591 // The constants' names are the operations'.
    public const int IOCINFO = 0xFF01;
    public const int SCIOSTART = 999;
    public const int SCIOSTOP = 998;
    public const int SCIOHALT = 997;
    public const int SCIOINQU = 996;
    public const int SCIORESET = 995;
    public const int SCIODIAG = 994;
    public const int SCIOTRAM = 993;
    public const int SCIODNLD = 992;
    public const int SCIOSTUNIT = 991;
    public const int SCIOTUR = 990;
    public const int SCIOREAD = 989;
    public const int SCIOEVENT = 988;
    public const int SCIOSTARTTGT = 987;
    public const int SCIOSTOPTGT = 986;
    public const int SCIOGTHW = 985;
    public const int SCIOLUNRST = 984;
    public const int SCIOCMD = 983;
    public const int SCIOLSTART = 899;
    public const int SCIOLSTOP = 898;
    public const int SCIOLINQU = 897;
    public const int SCIOLSTUNIT = 896;
    public const int SCIOLTUR = 895;
    public const int SCIOLREAD = 894;
    public const int SCIOLEVENT = 893;
    public const int SCIOLCMD = 892;
    public const int SCIOLHALT = 891;
    public const int SCIOLRESET = 890;
    public const int SCIOLNMSRV = 889;
    public const int SCIOLQWWN = 888;
    public const int SCIOLPAYLD = 887;
    public const int SCIOLPASSTHRUHBA = 886;
    public const int SCIOLCHBA = 885;
    public const int SCIOLAUTHCLR = 883;
    public const int SCIOLAUTHSET = 884;
    public const int SCIOLSTARTTGT = 882;
    public const int SCIOLSTOPTGT = 881;
    public const int SCIOLADAPEVENTLOG = 880;
#pragma warning restore CS1591
}
