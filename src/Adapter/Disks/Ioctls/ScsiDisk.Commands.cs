using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Paths;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;

namespace Lunette.Adapter.Disks;

/// <content>Any CDB: DK_PASSTHRU beside other I/O, DKIOCMD and its kin in diagnostic mode.</content>
public sealed partial class ScsiDisk
{
    private async Task<Errno> PassAsync(ScPassthru argument, DiskPath? path)
    {
        var kind = Paths[0].Options.Adapter.Description.Kind;
        PassThrough.Tell(argument, kind, default);
        argument.EinvalArgument = FindPassMistake(argument);
        if (argument.EinvalArgument != EinvalArgument.None) return Errno.EINVAL;
        var answer = await SendOnceAsync(new(PassThrough.CdbOf(argument))
        {
            Direction = DirectionOf(PassThrough.IsRead(argument)),
            Data = argument.Buffer[..(int)argument.DataLength],
            TimeoutSeconds = argument.TimeoutSeconds,
            Path = path,
            Tag = argument.Tag,
            QueueFlags = argument.QueueFlags,
            RunsAlone = argument.DeviceFlags != MixIo,
            IsLogged = false,
        }).ConfigureAwait(false);
        PassThrough.Tell(argument, kind, answer.Result);
        return Plainly(answer.Error);
    }

    private const byte MixIo = 1;

    // SC_QUIESCE_IO wants a time-out; SC_MIX_IO takes no writes, and no more than a minute.
    private EinvalArgument FindPassMistake(ScPassthru argument)
    {
        const uint MixTimeoutMax = 60;
        var mistake = PassThrough.FindMistake(argument, _maxTransferBytes, _cdbLengthMax);
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
        (argument.StatusValidity, argument.ScsiBusStatus, argument.AdapterStatus) = (default, 0, default);
        if (!PassThrough.IsLengthLawful(argument.CommandLength, cdbLengthMax) || argument.Tag > QueueTag.Aca
            || argument.DataLength > (uint)_maxTransferBytes || argument.DataLength > (uint)argument.Buffer.Length)
            return Errno.EINVAL;
        var answer = await SendOnceAsync(new(argument.ScsiCdb[..argument.CommandLength])
        {
            Direction = DirectionOf((argument.Flags & PassThrough.ReadFlag) != 0),
            Data = argument.Buffer[..(int)argument.DataLength],
            TimeoutSeconds = argument.TimeoutSeconds,
            Path = path,
            Tag = argument.Tag,
            QueueFlags = argument.QueueFlags,
            IsLogged = false,
        }).ConfigureAwait(false);
        argument.StatusValidity = answer.Validity;
        argument.ScsiBusStatus = (byte)answer.Status;
        argument.AdapterStatus = answer.AdapterStatus.ToGeneralCardStatus();
        argument.AdapterQueueStatus = answer.QueueStatus;
        return Plainly(answer.Error);
    }

    private async Task<Errno> DiagnoseAsync(ScsiIocmd argument, DiskPath? path)
    {
        PassThrough.Tell(argument, default);
        if (!PassThrough.IsLengthLawful(argument.CommandLength, argument.ScsiCdb.Length)
            || argument.Tag > QueueTag.Aca
            || argument.DataLength > (ulong)_maxTransferBytes || argument.DataLength > (ulong)argument.Buffer.Length)
            return Errno.EINVAL;
        var answer = await SendOnceAsync(new(argument.ScsiCdb[..argument.CommandLength])
        {
            Direction = DirectionOf((argument.Flags & PassThrough.ReadFlag) != 0),
            Data = argument.Buffer[..(int)argument.DataLength],
            TimeoutSeconds = argument.TimeoutSeconds,
            Path = path,
            Tag = argument.Tag,
            QueueFlags = argument.QueueFlags,
            IsLogged = false,
        }).ConfigureAwait(false);
        argument.AdapterQueueStatus = answer.QueueStatus;
        argument.Residual = (ulong)answer.Residual;
        PassThrough.Tell(argument, answer.Result);
        return Plainly(answer.Error);
    }

    private static TransferDirection DirectionOf(bool isRead) => isRead ? TransferDirection.In : TransferDirection.Out;

    // What the device said is in the structure; the errno does not interpret it.
    private static Errno Plainly(Errno error) =>
        error is Errno.None or Errno.ENODEV or Errno.ETIMEDOUT or Errno.ENOMEM ? error : Errno.EIO;

    // It comes once, so it must not be turned away because of what happened to others. A command without a tag has the
    // disk's own: scdisk queues with tags, and the two never mix at one device.
    private ValueTask<DiskAnswer> SendOnceAsync(in PassedCommand passed)
    {
        var request = Rent();
        request.Prepare(passed.Cdb, passed.Direction, passed.Data, Seconds(passed.TimeoutSeconds));
        request.OnlyPath = passed.Path;
        request.NoRetry = true;
        request.RunsAlone = passed.RunsAlone;
        request.IsOfMedium = passed.IsOfMedium;
        request.IsLogged = passed.IsLogged && !IsDiagnostic;
        request.Flags = TransactionFlags.Resume | (passed.QueueFlags & TransactionFlags.ClearAca);
        if (passed.Tag != QueueTag.None) request.Tag = passed.Tag;
        var task = request.Task;
        Enter(request);
        return task;
    }

    private static int Seconds(uint seconds) => (int)Math.Min(seconds, int.MaxValue);
}

/// <summary>A command as the caller of an operation says it.</summary>
/// <param name="Cdb">The CDB.</param>
internal readonly record struct PassedCommand(byte[] Cdb)
{
    public TransferDirection Direction { get; init; }

    public Memory<byte> Data { get; init; }

    /// <summary>0: no time-out.</summary>
    public uint TimeoutSeconds { get; init; }

    /// <summary>A path the caller insists on; null where path control chooses.</summary>
    public DiskPath? Path { get; init; }

    public QueueTag Tag { get; init; }

    /// <summary>SC_CLEAR_ACA has a meaning here: what is parked, the disk clears and resumes by itself.</summary>
    public TransactionFlags QueueFlags { get; init; }

    /// <summary>With nothing else at the disk.</summary>
    public bool RunsAlone { get; init; }

    /// <inheritdoc cref="DiskRequest.IsOfMedium"/>
    public bool IsOfMedium { get; init; }

    /// <summary>Whether the adapter logs errors of it.</summary>
    public required bool IsLogged { get; init; }
}
