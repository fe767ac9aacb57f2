using System.Buffers.Binary;
using Lunette.Adapter.Arguments;
using Lunette.Adapter.ErrorRecovery;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Queues;
using Lunette.Adapter.Transactions;
using Lunette.Scsi;

namespace Lunette.Adapter;

/// <content>Operations that carry a command.</content>
public sealed partial class ScsiAdapter
{
    private const int InquiryLengthMax = 255;
    private const int BlockLengthMax = 4096;

    private Task<Errno> InquireAsync(ScInquiry argument) => RunAsync(
        new(argument.ScsiId, Lun.FromNumber(argument.LunId))
        {
            Cdb = InquiryCdb(argument.GetExtended != 0, argument.CodePageNumber, argument.InquiryLength),
            Data = RoomFor(argument.InquiryLength, argument.Inquiry),
        },
        ended => CopyBack(ended, argument.Inquiry));

    private Task<Errno> InquireAsync(ScsiInquiry argument)
    {
        PassThrough.Tell(argument, default);
        return RunAsync(
            new(argument.ScsiId, Lun.FromWire(argument.LunId))
            {
                Cdb = InquiryCdb(argument.GetExtended != 0, argument.CodePageNumber, argument.InquiryLength),
                Data = RoomFor(argument.InquiryLength, argument.Inquiry),
            },
            ended =>
            {
                CopyBack(ended, argument.Inquiry);
                argument.Residual = (ulong)ended.Residual;
                PassThrough.Tell(argument, ended.Result);
            });
    }

    private Task<Errno> ReadBlockAsync(ScReadBlock argument)
    {
        // READ (6) has 21 bits of address.
        if (argument.BlockLength > BlockLengthMax || argument.BlockNumber > 0x1F_FFFF)
            return Task.FromResult(Errno.EINVAL);
        byte[] cdb = [0x08, (byte)(argument.BlockNumber >> 16), (byte)(argument.BlockNumber >> 8),
            (byte)argument.BlockNumber, 1, 0];
        return RunAsync(
            new(argument.ScsiId, Lun.FromNumber(argument.LunId))
            {
                Cdb = cdb,
                Data = RoomFor(argument.BlockLength, argument.Data),
                TimeoutSeconds = argument.TimeoutSeconds,
            },
            ended => CopyBack(ended, argument.Data));
    }

    private Task<Errno> ReadBlockAsync(ScsiReadBlock argument)
    {
        PassThrough.Tell(argument, default);
        if (argument.BlockLength > BlockLengthMax || argument.BlockNumber > uint.MaxValue)
            return Task.FromResult(Errno.EINVAL);
        var cdb = BlockCommands.Read10.Begin(new byte[10]).ToArray();
        BlockCommands.Read10.LogicalBlockAddress!.Value.Set(cdb, argument.BlockNumber);
        BlockCommands.Read10.TransferLength!.Value.Set(cdb, 1);
        return RunAsync(
            new(argument.ScsiId, Lun.FromWire(argument.LunId))
            {
                Cdb = cdb,
                Data = RoomFor(argument.BlockLength, argument.Data),
                TimeoutSeconds = argument.TimeoutSeconds,
            },
            ended =>
            {
                CopyBack(ended, argument.Data);
                argument.Residual = (ulong)ended.Residual;
                PassThrough.Tell(argument, ended.Result);
            });
    }

    private Task<Errno> StartUnitAsync(ScStartUnit argument) => RunAsync(
        new(argument.ScsiId, Lun.FromNumber(argument.LunId))
        {
            Cdb = StartCdb(argument.StartFlag, argument.ImmediateFlag),
            TimeoutSeconds = argument.TimeoutSeconds,
        },
        static _ => { });

    private Task<Errno> StartUnitAsync(ScsiStartUnit argument)
    {
        PassThrough.Tell(argument, default);
        return RunAsync(
            new(argument.ScsiId, Lun.FromWire(argument.LunId))
            {
                Cdb = StartCdb(argument.StartFlag, argument.ImmediateFlag),
                TimeoutSeconds = argument.TimeoutSeconds,
            },
            ended => PassThrough.Tell(argument, ended.Result));
    }

    private Task<Errno> TestReadyAsync(ScReady argument)
    {
        (argument.StatusValidity, argument.ScsiStatus) = (default, 0);
        return RunAsync(
            new(argument.ScsiId, Lun.FromNumber(argument.LunId)) { Cdb = new byte[6] },
            ended => (argument.StatusValidity, argument.ScsiStatus) = (ended.StatusValidity, (byte)ended.Status));
    }

    private Task<Errno> TestReadyAsync(ScsiReady argument)
    {
        PassThrough.Tell(argument, default);
        return RunAsync(
            new(argument.ScsiId, Lun.FromWire(argument.LunId)) { Cdb = new byte[6] },
            ended => PassThrough.Tell(argument, ended.Result));
    }

    private Task<Errno> PassThroughAsync(ScPassthru argument)
    {
        PassThrough.Tell(argument, Description.Kind, default);
        argument.EinvalArgument =
            PassThrough.FindMistake(argument, Description.MaxTransferBytes, Description.CdbLengthMax);
        if (argument.EinvalArgument != EinvalArgument.None) return Task.FromResult(Errno.EINVAL);
        var isRead = PassThrough.IsRead(argument);
        return RunAsync(
            new(argument.ScsiId, Lun.FromWire(argument.LunId))
            {
                Cdb = PassThrough.CdbOf(argument),
                IsRead = isRead,
                Data = DataOf(argument.Buffer, argument.DataLength, isRead),
                TimeoutSeconds = argument.TimeoutSeconds,
                Tag = argument.Tag,
                ClearsAca = (argument.QueueFlags & TransactionFlags.ClearAca) != 0,
                IsLogged = false,
            },
            ended =>
            {
                if (isRead) CopyBack(ended, argument.Buffer);
                PassThrough.Tell(argument, Description.Kind, ended.Result);
            });
    }

    private Task<Errno> PassThroughAsync(ScsiIocmd argument)
    {
        PassThrough.Tell(argument, default);
        argument.AdapterQueueStatus = AdapterQueueStatus.Cleared;
        var variable = argument.VariableCdbLength > 0;
        var lawful = argument.DataLength <= (ulong)Description.MaxTransferBytes
            && (long)argument.DataLength <= argument.Buffer.Length
            && argument.Tag <= QueueTag.Aca
            && (variable
                ? PassThrough.IsLengthLawful(argument.VariableCdbLength, Description.CdbLengthMax)
                    && argument.VariableCdb.Length >= argument.VariableCdbLength
                : PassThrough.IsLengthLawful(argument.CommandLength, argument.ScsiCdb.Length));
        if (!lawful) return Task.FromResult(Errno.EINVAL);
        var isRead = (argument.Flags & PassThrough.ReadFlag) != 0;
        return RunAsync(
            new(argument.ScsiId, Lun.FromWire(argument.LunId))
            {
                Cdb = variable
                    ? argument.VariableCdb[..(int)argument.VariableCdbLength].ToArray()
                    : argument.ScsiCdb[..argument.CommandLength],
                IsRead = isRead,
                Data = DataOf(argument.Buffer, argument.DataLength, isRead),
                TimeoutSeconds = argument.TimeoutSeconds,
                Tag = argument.Tag,
                ClearsAca = (argument.QueueFlags & TransactionFlags.ClearAca) != 0,
                IsLogged = false,
            },
            ended =>
            {
                if (isRead) CopyBack(ended, argument.Buffer);
                argument.Residual = (ulong)ended.Residual;
                argument.AdapterQueueStatus = ended.Result.QueueStatus;
                PassThrough.Tell(argument, ended.Result);
            });
    }

    // The answer is there when the caller's structure is filled.
    private Task<Errno> RunAsync(InternalRequest request, Action<InternalCommand> tell) => AskAsync(done =>
    {
        var queue = Find(request.ScsiId, request.Lun);
        if (queue is null or { State: DeviceQueueState.Starting })
        {
            done(Errno.EINVAL);
        }
        else if (queue.State == DeviceQueueState.Stopping)
        {
            done(Errno.EIO);
        }
        else if (request.ClearsAca)
        {
            queue.InternalCount++;
            ManagementAttempt.Start(this, TaskManagementFunction.ClearAca, queue.ScsiId, queue.Lun, null, result =>
            {
                if (result == ManagementResult.Complete) Run(queue);
                else done(Errno.EIO);
                queue.InternalEnded();
            });
        }
        else
        {
            Run(queue);
        }

        void Run(DeviceQueue at) => InternalCommand.Start(this, at, request, ended =>
        {
            tell(ended);
            done(ended.Error);
        });
    });

    private static byte[] RoomFor(int length, Memory<byte> buffer) => new byte[Math.Min(length, buffer.Length)];

    private static byte[] DataOf(Memory<byte> buffer, ulong length, bool isRead) =>
        isRead ? new byte[(int)length] : buffer[..(int)length].ToArray();

    private static void CopyBack(InternalCommand ended, Memory<byte> to) =>
        ended.Data.AsSpan(0, Math.Min(ended.Transferred, to.Length)).CopyTo(to.Span);

    private static byte[] InquiryCdb(bool extended, byte page, byte length)
    {
        var cdb = new byte[6];
        cdb[0] = 0x12;
        cdb[1] = (byte)(extended ? 1 : 0);
        cdb[2] = extended ? page : (byte)0;
        BinaryPrimitives.WriteUInt16BigEndian(cdb.AsSpan(3), Math.Min((ushort)length, (ushort)InquiryLengthMax));
        return cdb;
    }

    private static byte[] StartCdb(byte start, byte immediate) =>
        [0x1B, (byte)(immediate != 0 ? 1 : 0), 0, 0, (byte)(start != 0 ? 1 : 0), 0];
}
