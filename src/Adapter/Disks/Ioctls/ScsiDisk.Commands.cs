using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Paths;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;

namespace Lunette.Adapter.Disks;

/// <content>Any CDB: DK_PASSTHRU beside other I/O, DKIOCMD and its kin in diagnostic mode.</content>
public sealed partial class ScsiDisk
{
    private const byte ReadFlag = 0x01;

    private async Task<Errno> PassAsync(ScPassthru argument, DiskPath? path)
    {
        argument.EinvalArgument = FindPassMistake(argument);
        if (argument.EinvalArgument != EinvalArgument.None) return Errno.EINVAL;
        var answer = await CommandAsync(PassThrough.CdbOf(argument),
            PassThrough.IsRead(argument) ? TransferDirection.In : TransferDirection.Out,
            argument.Buffer[..(int)argument.DataLength], path, (int)argument.TimeoutSeconds, noRetry: true,
            alone: argument.DeviceFlags != MixIo).ConfigureAwait(false);
        PassThrough.Tell(argument, Paths[0].Options.Adapter.Description.Kind, answer.Validity,
            (byte)answer.Status, answer.AdapterStatus, answer.SenseBytes, answer.Residual);
        return Plainly(answer.Error);
    }

    private const byte MixIo = 1;

    // SC_QUIESCE_IO wants a time-out; SC_MIX_IO takes no writes, and no more than a minute.
    private EinvalArgument FindPassMistake(ScPassthru argument)
    {
        const uint MixTimeoutMax = 60;
        var mistake = PassThrough.FindMistake(argument, _maxTransferBytes);
        if (mistake != EinvalArgument.None) return mistake;
        if (argument.DeviceFlags != MixIo)
            return argument.TimeoutSeconds == 0 ? EinvalArgument.TimeoutValue : EinvalArgument.None;
        if (!PassThrough.IsRead(argument) && argument.DataLength > 0) return EinvalArgument.Flags;
        if (argument.TimeoutSeconds <= MixTimeoutMax) return EinvalArgument.None;
        argument.TimeoutSeconds = MixTimeoutMax;
        return EinvalArgument.TimeoutValue;
    }

    private async Task<Errno> DiagnoseAsync(ScIocmd argument, int cdbLengthMax, DiskPath? path)
    {
        if (argument.CommandLength < 6 || argument.CommandLength > cdbLengthMax
            || argument.DataLength > (uint)_maxTransferBytes || argument.DataLength > (uint)argument.Buffer.Length)
            return Errno.EINVAL;
        var answer = await DiagnoseAsync(argument.ScsiCdb[..argument.CommandLength], argument.Flags,
            argument.Buffer[..(int)argument.DataLength], argument.TimeoutSeconds, path).ConfigureAwait(false);
        argument.StatusValidity = answer.Validity;
        argument.ScsiBusStatus = (byte)answer.Status;
        argument.AdapterStatus = answer.AdapterStatus.ToGeneralCardStatus();
        return Plainly(answer.Error);
    }

    private async Task<Errno> DiagnoseAsync(ScsiIocmd argument, DiskPath? path)
    {
        if (argument.CommandLength is < 6 or > 16 || argument.DataLength > (ulong)_maxTransferBytes
            || argument.DataLength > (ulong)argument.Buffer.Length)
            return Errno.EINVAL;
        var answer = await DiagnoseAsync(argument.ScsiCdb[..argument.CommandLength], argument.Flags,
            argument.Buffer[..(int)argument.DataLength], argument.TimeoutSeconds, path).ConfigureAwait(false);
        argument.StatusValidity = answer.Validity;
        argument.ScsiStatus = (byte)answer.Status;
        argument.AdapterStatus = answer.AdapterStatus;
        argument.Residual = (ulong)answer.Residual;
        var length = Math.Min(answer.SenseBytes.Length, argument.AutosenseBuffer.Length);
        answer.SenseBytes.AsSpan(0, length).CopyTo(argument.AutosenseBuffer.Span);
        if (length > 0) argument.AdapterSetFlags |= PassThrough.AutosenseValid;
        return Plainly(answer.Error);
    }

    private ValueTask<DiskAnswer> DiagnoseAsync(byte[] cdb, byte flags, Memory<byte> data, uint timeoutSeconds,
        DiskPath? path) => CommandAsync(cdb,
            (flags & ReadFlag) != 0 ? TransferDirection.In : TransferDirection.Out, data, path,
            (int)Math.Min(timeoutSeconds, int.MaxValue), noRetry: true);

    // What the device said is in the structure; the errno does not interpret it.
    private static Errno Plainly(Errno error) =>
        error is Errno.None or Errno.ENODEV or Errno.ETIMEDOUT or Errno.ENOMEM ? error : Errno.EIO;
}
