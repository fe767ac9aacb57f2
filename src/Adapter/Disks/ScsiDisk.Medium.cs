using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter.Disks;

/// <content>
/// Media that can be removed. Once one may have been changed nothing is read or written any more until the disk is
/// opened again: what a caller has of the old one must not get onto the new one.
/// </content>
public sealed partial class ScsiDisk
{
    private Errno _ifMediumChanged;         // what a change is called here; none where the medium is fixed
    private volatile Errno _mediumError;    // that it was changed, from then on

    private bool HasRemovableMedium => _ifMediumChanged != Errno.None;

    // EMEDIA is told by disks, ESTALE by CDs and optical memory.
    private async Task<Errno> InquireMediumAsync()
    {
        const byte Removable = 0x80;
        var inquiry = new byte[StandardInquiryData.Length];
        var answer = await CommandAsync(
            [0x12, 0, 0, 0, StandardInquiryData.Length, 0], TransferDirection.In, inquiry).ConfigureAwait(false);
        if (answer.Error != Errno.None || (inquiry[1] & Removable) == 0) return Errno.None;
        return (PeripheralDeviceType)(inquiry[0] & 0x1F) is PeripheralDeviceType.CdDvd
            or PeripheralDeviceType.OpticalMemory
            ? Errno.ESTALE
            : Errno.EMEDIA;
    }

    // Whichever command meets the attention; the open's own are before it matters.
    private DiskVerdict JudgeMedium(in DiskVerdict verdict)
    {
        if (!verdict.ChangesMedium || !HasRemovableMedium) return verdict;
        _mediumError = _ifMediumChanged;
        return verdict with { Error = _mediumError, Retries = false };
    }

    // Only a medium that can be removed can be kept in or thrown out.
    private Task<Errno> RemovalAsync(byte[] cdb) => HasRemovableMedium
        ? PlainAsync(cdb, Options.ReadWriteTimeoutSeconds)
        : Task.FromResult(Errno.EINVAL);
}
