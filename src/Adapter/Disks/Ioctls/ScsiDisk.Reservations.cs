using Lunette.Adapter.Transports;

namespace Lunette.Adapter.Disks;

/// <content>The persistent reservation operations, and log pages: status and sense come back in the
/// argument.</content>
public sealed partial class ScsiDisk
{
    private async Task<Errno> ReserveInAsync(byte action, DiskReservation argument)
    {
        var length = Math.Min(argument.Data.Length, ushort.MaxValue);
        var answer = await CommandAsync([0x5E, action, 0, 0, 0, 0, 0, (byte)(length >> 8), (byte)length, 0],
            TransferDirection.In, argument.Data[..length]).ConfigureAwait(false);
        Tell(answer, argument);
        return answer.Error;
    }

    private async Task<Errno> ReserveAsync(byte action, DiskReservation argument)
    {
        var answer = await ReserveOutAsync(action, argument.Type, argument.Key, argument.ActionKey)
            .ConfigureAwait(false);
        Tell(answer, argument);
        return answer.Error;
    }

    private static void Tell(DiskAnswer answer, DiskReservation argument)
    {
        argument.ScsiStatus = (byte)answer.Status;
        if (answer.Sense is not { } sense) return;
        argument.SenseKey = (byte)sense.Key;
        argument.AdditionalSenseCode = (byte)((ushort)sense.Code >> 8);
        argument.AdditionalSenseCodeQualifier = (byte)sense.Code;
    }

    private Task<Errno> SenseLogAsync(DiskLog log)
    {
        var length = Math.Min(log.Data.Length, ushort.MaxValue);
        return LogAsync(log, TransferDirection.In, log.Data[..length],
        [
            0x4D, (byte)(log.SaveParameters ? 1 : 0), Page(log), log.SubpageCode, 0,
            (byte)(log.ParameterPointer >> 8), (byte)log.ParameterPointer, (byte)(length >> 8), (byte)length, 0,
        ]);
    }

    private Task<Errno> SelectLogAsync(DiskLog log)
    {
        if (log.Data.Length > ushort.MaxValue) return Task.FromResult(Errno.EINVAL);
        return LogAsync(log, TransferDirection.Out, log.Data,
        [
            0x4C, (byte)((log.ParameterCodeReset ? 2 : 0) | (log.SaveParameters ? 1 : 0)), Page(log), log.SubpageCode,
            0, 0, 0, (byte)(log.Data.Length >> 8), (byte)log.Data.Length, 0,
        ]);
    }

    private static byte Page(DiskLog log) => (byte)(log.PageControl << 6 | log.PageCode & 0x3F);

    private async Task<Errno> LogAsync(DiskLog log, TransferDirection direction, Memory<byte> data, byte[] cdb)
    {
        var answer = await CommandAsync(cdb, direction, data).ConfigureAwait(false);
        log.Length = direction == TransferDirection.In ? data.Length - answer.Residual : 0;
        log.ScsiStatus = (byte)answer.Status;
        if (answer.Sense is not { } sense) return answer.Error;
        log.SenseKey = (byte)sense.Key;
        log.AdditionalSenseCode = (byte)((ushort)sense.Code >> 8);
        log.AdditionalSenseCodeQualifier = (byte)sense.Code;
        return answer.Error;
    }
}
