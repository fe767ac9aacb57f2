using System.Buffers.Binary;
using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Paths;
using Lunette.Adapter.Transactions;
using Lunette.Adapter.Transports;

namespace Lunette.Adapter.Disks;

/// <content>scdisk's operations: the dispatch, and reads and writes that tell sense data.</content>
public sealed partial class ScsiDisk
{
    private const int SenseLengthMax = 255;

    private bool IsDiagnostic => (_extension & OpenExtension.Diagnostic) != 0;

    /// <summary>
    /// Carries out an operation with its typed argument (<see cref="DiskOperation"/>): an argument of another type is
    /// EFAULT, an operation that a disk does not have EINVAL, one of another kind of open EACCES.
    /// </summary>
    public Task<Errno> IoctlAsync(int number, object? argument = null)
    {
        if (DiskOperation.Find(number) is not { Unsupported: false } operation) return Task.FromResult(Errno.EINVAL);
        var isOpenSo = operation.Mode switch
        {
            DiskOpenMode.Normal => !IsDiagnostic,
            DiskOpenMode.Diagnostic => IsDiagnostic,
            DiskOpenMode.Exclusive => !IsDiagnostic && (_extension & OpenExtension.Single) != 0,
            _ => true,
        };
        if (!isOpenSo) return Task.FromResult(Errno.EACCES);
        if (operation.Argument is { } type && !type.IsInstanceOfType(argument)) return Task.FromResult(Errno.EFAULT);
        return CarryOutAsync(number, argument, path: null);
    }

    /// <summary>IOCINFO.</summary>
    public DiskInfo GetInfo() => new(DiskInfo.ScsiDisk, DiskInfo.PhysicalVolume,
        DiskInfoFlags.Valid | (BlockCount > uint.MaxValue ? DiskInfoFlags.LargeDisk : DiskInfoFlags.None),
        BlockLengthBytes, IsDiagnostic ? 0 : BlockCount, _maxTransferBytes);

    private Task<Errno> CarryOutAsync(int number, object? argument, DiskPath? path) => (number, argument) switch
    {
        (DiskIoctlNumber.DKIORDSE or DiskIoctlNumber.DKIOLRDSE, DiskReadWrite read) =>
            ReadWriteAsync(read, TransferDirection.In, isLong: false),
        (DiskIoctlNumber.DKIOWRSE or DiskIoctlNumber.DKIOLWRSE, DiskReadWrite write) =>
            ReadWriteAsync(write, TransferDirection.Out, isLong: false),
        (DiskIoctlNumber.DKIORDSE16, DiskReadWrite read) => ReadWriteAsync(read, TransferDirection.In, isLong: true),
        (DiskIoctlNumber.DKIOWRSE16, DiskReadWrite write) => ReadWriteAsync(write, TransferDirection.Out, isLong: true),
        (DiskIoctlNumber.DKIOCMD, ScIocmd command) => DiagnoseAsync(command, cdbLengthMax: 12, path),
        (DiskIoctlNumber.DKIOCMD16 or DiskIoctlNumber.DKPATHIOCMD, ScIocmd command) =>
            DiagnoseAsync(command, cdbLengthMax: 16, path),
        (DiskIoctlNumber.DKIOLCMD or DiskIoctlNumber.DKPATHIOLCMD, ScsiIocmd command) => DiagnoseAsync(command, path),
        (DiskIoctlNumber.DK_PASSTHRU or DiskIoctlNumber.DKPATHPASSTHRU, ScPassthru command) => PassAsync(command, path),
        (DiskIoctlNumber.DK_RWBUFFER or DiskIoctlNumber.DKPATHRWBUFFER, DiskWriteBuffer buffer) =>
            DownloadAsync(buffer, path),
        (DiskIoctlNumber.DKPATHIOCMD or DiskIoctlNumber.DKPATHIOLCMD or DiskIoctlNumber.DKPATHPASSTHRU
            or DiskIoctlNumber.DKPATHRWBUFFER, DiskPathArgument one) when path is null => OnPathAsync(number, one),
        (DiskIoctlNumber.DKPATHFORCE, int id) => Task.FromResult(ForcePath(id)),
        (DiskIoctlNumber.DKPMR, _) => RemovalAsync([0x1E, 0, 0, 0, 1, 0]),
        (DiskIoctlNumber.DKAMR, _) => RemovalAsync([0x1E, 0, 0, 0, 0, 0]),
        (DiskIoctlNumber.DKEJECT, _) => RemovalAsync([0x1B, 0, 0, 0, 2, 0]),
        (DiskIoctlNumber.DKUCFG_STOPU, _) => PlainAsync([0x1B, 0, 0, 0, 0, 0], Options.StartTimeoutSeconds),
        (DiskIoctlNumber.DKFORMAT, DiskFormat format) =>
            PlainAsync([0x04, 0, 0, 0, 0, 0], Seconds(format.TimeoutSeconds)),
        (DiskIoctlNumber.DKPRES_READKEYS, DiskReservation arg) => ReserveInAsync(0, arg),
        (DiskIoctlNumber.DKPRES_READRES, DiskReservation arg) => ReserveInAsync(1, arg),
        (DiskIoctlNumber.DKPRES_CLEAR, DiskReservation arg) => ReserveAsync(3, arg),
        (DiskIoctlNumber.DKPRES_PREEMPT, DiskReservation arg) => ReserveAsync(4, arg),
        (DiskIoctlNumber.DKPRES_PREEMPT_ABORT, DiskReservation arg) => ReserveAsync(5, arg),
        (DiskIoctlNumber.DKPRES_REGISTER, DiskReservation arg) => ReserveAsync(6, arg),
        (DiskIoctlNumber.DKLOGSENSE, DiskLog log) => SenseLogAsync(log),
        (DiskIoctlNumber.DKLOGSELECT, DiskLog log) => SelectLogAsync(log),
        (IoctlNumber.IOCINFO, _) => Task.FromResult(Errno.None),
        _ => Task.FromResult(Errno.EFAULT),
    };

    private Task<Errno> OnPathAsync(int number, DiskPathArgument one) =>
        Paths.FirstOrDefault(path => path.Id == one.PathId) is { } path
            ? CarryOutAsync(number, one.Argument, path)
            : Task.FromResult(Errno.EINVAL);

    private async Task<Errno> ReadWriteAsync(DiskReadWrite argument, TransferDirection direction, bool isLong)
    {
        var count = argument.Buffer.Length / BlockLengthBytes;
        if (argument.Buffer.Length % BlockLengthBytes != 0 || argument.RequestSense.Length > SenseLengthMax
            || argument.Buffer.Length > _maxTransferBytes || !isLong && count > ushort.MaxValue
            || !isLong && argument.LogicalBlockAddress > uint.MaxValue || argument.Tag > QueueTag.Aca)
            return Errno.EINVAL;
        var isRead = direction == TransferDirection.In;
        var answer = await SendOnceAsync(new(isLong
            ? LongCdb((byte)(isRead ? 0x88 : 0x8A), argument.LogicalBlockAddress, count)
            : ShortCdb((byte)(isRead ? 0x28 : 0x2A), argument.LogicalBlockAddress, count))
        {
            Direction = direction,
            Data = argument.Buffer,
            TimeoutSeconds = argument.TimeoutSeconds,
            Tag = argument.Tag,
            QueueFlags = argument.QueueFlags,
            IsOfMedium = true,
            IsLogged = true,
        }).ConfigureAwait(false);
        var length = Math.Min(answer.SenseBytes.Length, argument.RequestSense.Length);
        answer.SenseBytes.AsSpan(0, length).CopyTo(argument.RequestSense.Span);
        argument.StatusValidity = answer.Validity | (length > 0 ? StatusValidity.Sense : StatusValidity.None);
        argument.ScsiBusStatus = (byte)answer.Status;
        argument.AdapterStatus = answer.AdapterStatus;
        argument.AdapterQueueStatus = answer.QueueStatus;
        return answer.Error;
    }

    private static byte[] ShortCdb(byte operation, ulong lba, int count)
    {
        var cdb = new byte[10];
        cdb[0] = operation;
        BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(2), (uint)lba);
        BinaryPrimitives.WriteUInt16BigEndian(cdb.AsSpan(7), (ushort)count);
        return cdb;
    }

    private static byte[] LongCdb(byte operation, ulong lba, int count)
    {
        var cdb = new byte[16];
        cdb[0] = operation;
        BinaryPrimitives.WriteUInt64BigEndian(cdb.AsSpan(2), lba);
        BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(10), (uint)count);
        return cdb;
    }

    private async Task<Errno> PlainAsync(byte[] cdb, int timeoutSeconds)
    {
        var answer = await CommandAsync(cdb, TransferDirection.None, default, timeoutSeconds: timeoutSeconds)
            .ConfigureAwait(false);
        return answer.Error;
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
