using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lunette.Adapter.SgIo;

/// <summary>An open SCSI device file: what the kernel offers on it. Tests stand in for the kernel here.</summary>
internal interface ISgFile : IDisposable
{
    /// <summary>The SG_IO ioctl; blocks until the kernel has ended the command.</summary>
    /// <returns>0, or the error number where the kernel did not take it.</returns>
    int Submit(ref SgIoHeader header);

    /// <summary>The SG_SCSI_RESET ioctl: 1 device, 2 bus, 4 target; false where the kernel will not.</summary>
    bool TryReset(int kind);
}

/// <summary>A device file of Linux.</summary>
internal sealed partial class SgFile(SafeFileHandle file) : ISgFile
{
    private const nuint SgIo = 0x2285;
    private const nuint SgScsiReset = 0x2284;
    private const nuint SgGetVersionNumber = 0x2282;

    /// <summary>Opens a device; null where there is none, it is no SCSI device, or it may not be opened.</summary>
    public static SgFile? TryOpen(string path) => TryOpen(path, out _);

    /// <summary>Opens a device; null where it cannot, and why, for people.</summary>
    public static SgFile? TryOpen(string path, out string? fault)
    {
        fault = null;
        try
        {
            var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            var version = 0;
            if (IoControl(file, SgGetVersionNumber, ref version) == 0) return new SgFile(file);
            file.Dispose();
            fault = $"{path} is no SCSI device of the kernel: it does not know SG_IO";
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            fault = refused.Message;
        }
        return null;
    }

    public int Submit(ref SgIoHeader header) =>
        IoControl(file, SgIo, ref header) < 0 ? Marshal.GetLastPInvokeError() : 0;

    public bool TryReset(int kind) => IoControl(file, SgScsiReset, ref kind) == 0;

    public void Dispose() => file.Dispose();

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int IoControl(SafeFileHandle file, nuint request, ref SgIoHeader header);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int IoControl(SafeFileHandle file, nuint request, ref int number);
}
