using Lunette.Adapter.Arguments;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;

namespace Lunette.Adapter.Disks;

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
    public const int DK_PASSTHRU = 0x17;
    public const int DKPRES_READKEYS = 0x19;
    public const int DKPRES_READRES = 0x1A;
    public const int DKPRES_CLEAR = 0x1B;
    public const int DKPRES_PREEMPT = 0x1C;
    public const int DKPRES_PREEMPT_ABORT = 0x1D;
    public const int DKPRES_REGISTER = 0x1E;
    public const int DKPATHFORCE = 0x30;
#pragma warning restore CS1591, CA1707
}

/// <summary>Argument of DKIORDSE and DKIOWRSE (<c>sc_rdwrt</c>): a read or write that tells sense data.</summary>
public sealed class DiskReadWrite
{
#pragma warning disable CS1591 // The properties are the structure's fields.
    public uint LogicalBlockAddress { get; set; }
    public Memory<byte> Buffer { get; set; }
    public AdapterQueueStatus AdapterQueueStatus { get; set; }
    public Memory<byte> RequestSense { get; set; }
    public uint TimeoutSeconds { get; set; } = 30;
    public StatusValidity StatusValidity { get; set; }
    public byte ScsiBusStatus { get; set; }
    public AdapterStatus AdapterStatus { get; set; }
#pragma warning restore CS1591
}

/// <summary>Argument of the persistent reservation operations; status and sense come back in it.</summary>
public sealed class DiskReservation
{
#pragma warning disable CS1591 // The properties are the structures' fields.
    public ulong Key { get; set; }

    /// <summary>The key preempted, or the one registered.</summary>
    public ulong ActionKey { get; set; }
    public byte Type { get; set; }

    /// <summary>READ KEYS and READ RESERVATION: where the parameter data goes.</summary>
    public Memory<byte> Data { get; set; }
    public byte ScsiStatus { get; set; }
    public byte SenseKey { get; set; }
    public byte AdditionalSenseCode { get; set; }
    public byte AdditionalSenseCodeQualifier { get; set; }
#pragma warning restore CS1591
}

/// <content>scdisk's operations.</content>
public sealed partial class ScsiDisk
{
    private const int SenseLengthMax = 255;

    /// <summary>
    /// Carries out an operation with its typed argument; an argument of another type is EFAULT, an operation that
    /// scdisk does not know EINVAL.
    /// </summary>
    public async Task<Errno> IoctlAsync(int number, object? argument = null) => (number, argument) switch
    {
        (DiskIoctlNumber.DKIORDSE, DiskReadWrite read) =>
            await ReadWriteAsync(read, TransferDirection.In).ConfigureAwait(false),
        (DiskIoctlNumber.DKIOWRSE, DiskReadWrite write) =>
            await ReadWriteAsync(write, TransferDirection.Out).ConfigureAwait(false),
        // Any CDB without recovery is for diagnostic mode; this face of the disk is the normal one.
        (DiskIoctlNumber.DKIOCMD, _) => Errno.EACCES,
        (DiskIoctlNumber.DK_PASSTHRU, ScPassthru command) => await PassAsync(command).ConfigureAwait(false),
        (DiskIoctlNumber.DKPMR, _) => await RemovalAsync(0x1E, 1).ConfigureAwait(false),
        (DiskIoctlNumber.DKAMR, _) => await RemovalAsync(0x1E, 0).ConfigureAwait(false),
        (DiskIoctlNumber.DKEJECT, _) => await RemovalAsync(0x1B, 2).ConfigureAwait(false),
        (DiskIoctlNumber.DKPRES_READKEYS, DiskReservation arg) => await ReserveInAsync(0, arg).ConfigureAwait(false),
        (DiskIoctlNumber.DKPRES_READRES, DiskReservation arg) => await ReserveInAsync(1, arg).ConfigureAwait(false),
        (DiskIoctlNumber.DKPRES_CLEAR, DiskReservation arg) => await ReserveAsync(3, arg).ConfigureAwait(false),
        (DiskIoctlNumber.DKPRES_PREEMPT, DiskReservation arg) => await ReserveAsync(4, arg).ConfigureAwait(false),
        (DiskIoctlNumber.DKPRES_PREEMPT_ABORT, DiskReservation arg) => await ReserveAsync(5, arg).ConfigureAwait(false),
        (DiskIoctlNumber.DKPRES_REGISTER, DiskReservation arg) => await ReserveAsync(6, arg).ConfigureAwait(false),
        (DiskIoctlNumber.DKPATHFORCE, int id) => ForcePath(id),
        ( > 0 and < 0x40, not null) => Errno.EFAULT,
        _ => Errno.EINVAL,
    };

    private async Task<Errno> ReadWriteAsync(DiskReadWrite argument, TransferDirection direction)
    {
        var count = argument.Buffer.Length / BlockLengthBytes;
        if (argument.Buffer.Length % BlockLengthBytes != 0 || argument.RequestSense.Length > SenseLengthMax
            || argument.Buffer.Length > _maxTransferBytes || count > ushort.MaxValue)
            return Errno.EINVAL;
        var cdb = new byte[10];
        cdb[0] = (byte)(direction == TransferDirection.In ? 0x28 : 0x2A);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(2), argument.LogicalBlockAddress);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(cdb.AsSpan(7), (ushort)count);
        var answer = await CommandAsync(cdb, direction, argument.Buffer, timeoutSeconds: (int)argument.TimeoutSeconds,
            noRetry: true).ConfigureAwait(false);
        var length = Math.Min(answer.SenseBytes.Length, argument.RequestSense.Length);
        answer.SenseBytes.AsSpan(0, length).CopyTo(argument.RequestSense.Span);
        argument.StatusValidity = answer.Validity | (length > 0 ? StatusValidity.Sense : StatusValidity.None);
        argument.ScsiBusStatus = (byte)answer.Status;
        argument.AdapterStatus = answer.AdapterStatus;
        return answer.Error;
    }

    private async Task<Errno> PassAsync(ScPassthru argument)
    {
        argument.EinvalArgument = FindPassMistake(argument);
        if (argument.EinvalArgument != EinvalArgument.None) return Errno.EINVAL;
        var answer = await CommandAsync(Ioctls.PassThrough.CdbOf(argument),
            Ioctls.PassThrough.IsRead(argument) ? TransferDirection.In : TransferDirection.Out,
            argument.Buffer[..(int)argument.DataLength], timeoutSeconds: (int)argument.TimeoutSeconds, noRetry: true)
            .ConfigureAwait(false);
        Ioctls.PassThrough.Tell(argument, Paths[0].Options.Adapter.Description.Kind, answer.Validity,
            (byte)answer.Status, answer.AdapterStatus, answer.SenseBytes, answer.Residual);
        return answer.Error is Errno.None or Errno.ENODEV or Errno.ETIMEDOUT ? answer.Error : Errno.EIO;
    }

    // SC_QUIESCE_IO wants a time-out; SC_MIX_IO takes no writes, and no more than a minute.
    private EinvalArgument FindPassMistake(ScPassthru argument)
    {
        const byte MixIo = 1;
        const uint MixTimeoutMax = 60;
        var mistake = Ioctls.PassThrough.FindMistake(argument, _maxTransferBytes);
        if (mistake != EinvalArgument.None) return mistake;
        if (argument.DeviceFlags != MixIo)
            return argument.TimeoutSeconds == 0 ? EinvalArgument.TimeoutValue : EinvalArgument.None;
        if (!Ioctls.PassThrough.IsRead(argument) && argument.DataLength > 0) return EinvalArgument.Flags;
        if (argument.TimeoutSeconds <= MixTimeoutMax) return EinvalArgument.None;
        argument.TimeoutSeconds = MixTimeoutMax;
        return EinvalArgument.TimeoutValue;
    }

    private async Task<Errno> RemovalAsync(byte operation, byte value)
    {
        var answer = await CommandAsync([operation, 0, 0, 0, value, 0], TransferDirection.None, default)
            .ConfigureAwait(false);
        return answer.Error;
    }

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

    // All I/O on one path from now on: the others are disabled.
    private Errno ForcePath(int id)
    {
        lock (_gate)
        {
            if (Paths.FirstOrDefault(path => path.Id == id) is not { } forced) return Errno.EINVAL;
            _control.TrySetEnabled(forced, true);
            foreach (var other in Paths)
                if (other != forced) _control.TrySetEnabled(other, false);
        }
        return Errno.None;
    }
}
