using System.Buffers.Binary;
using Lunette.Adapter.Arguments;
using Lunette.Adapter.Ioctls;
using Lunette.Adapter.Queues;
using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter;

/// <content>Operations that carry a command.</content>
public sealed partial class ScsiAdapter
{
    private const int InquiryLengthMax = 255;
    private const int BlockLengthMax = 4096;

    private Task<Errno> InquireAsync(ScInquiry argument) => AskAsync(done => RunCommand(
        argument.ScsiId, Lun.FromNumber(argument.LunId),
        InquiryCdb(argument.GetExtended != 0, argument.CodePageNumber, argument.InquiryLength),
        TransferDirection.In, new byte[Math.Min(argument.InquiryLength, argument.Inquiry.Length)], null,
        done, ended => CopyBack(ended, argument.Inquiry)));

    private Task<Errno> InquireAsync(ScsiInquiry argument) => AskAsync(done => RunCommand(
        argument.ScsiId, Lun.FromWire(argument.LunId),
        InquiryCdb(argument.GetExtended != 0, argument.CodePageNumber, argument.InquiryLength),
        TransferDirection.In, new byte[Math.Min(argument.InquiryLength, argument.Inquiry.Length)], null,
        done, ended =>
        {
            CopyBack(ended, argument.Inquiry);
            argument.Residual = (ulong)(ended.Data.Length - ended.Transferred);
            Tell(ended, argument);
        }));

    private Task<Errno> ReadBlockAsync(ScReadBlock argument) => AskAsync(done =>
    {
        // READ (6) has 21 bits of address.
        if (argument.BlockLength > BlockLengthMax || argument.BlockNumber > 0x1F_FFFF)
        {
            done(Errno.EINVAL);
            return;
        }
        byte[] cdb = [0x08, (byte)(argument.BlockNumber >> 16), (byte)(argument.BlockNumber >> 8),
            (byte)argument.BlockNumber, 1, 0];
        RunCommand(argument.ScsiId, Lun.FromNumber(argument.LunId), cdb, TransferDirection.In,
            new byte[Math.Min(argument.BlockLength, argument.Data.Length)], argument.TimeoutSeconds,
            done, ended => CopyBack(ended, argument.Data));
    });

    private Task<Errno> ReadBlockAsync(ScsiReadBlock argument) => AskAsync(done =>
    {
        if (argument.BlockLength > BlockLengthMax || argument.BlockNumber > uint.MaxValue)
        {
            done(Errno.EINVAL);
            return;
        }
        var cdb = BlockCommands.Read10.Begin(new byte[10]).ToArray();
        BlockCommands.Read10.LogicalBlockAddress!.Value.Set(cdb, argument.BlockNumber);
        BlockCommands.Read10.TransferLength!.Value.Set(cdb, 1);
        RunCommand(argument.ScsiId, Lun.FromWire(argument.LunId), cdb, TransferDirection.In,
            new byte[Math.Min(argument.BlockLength, argument.Data.Length)], argument.TimeoutSeconds, done, ended =>
            {
                CopyBack(ended, argument.Data);
                argument.Residual = (ulong)(ended.Data.Length - ended.Transferred);
                Tell(ended, argument);
            });
    });

    private Task<Errno> StartUnitAsync(ScStartUnit argument) => AskAsync(done => RunCommand(
        argument.ScsiId, Lun.FromNumber(argument.LunId), StartCdb(argument.StartFlag, argument.ImmediateFlag),
        TransferDirection.None, [], argument.TimeoutSeconds, done, static _ => { }));

    private Task<Errno> StartUnitAsync(ScsiStartUnit argument) => AskAsync(done => RunCommand(
        argument.ScsiId, Lun.FromWire(argument.LunId), StartCdb(argument.StartFlag, argument.ImmediateFlag),
        TransferDirection.None, [], argument.TimeoutSeconds, done, ended => Tell(ended, argument)));

    private Task<Errno> TestReadyAsync(ScReady argument) => AskAsync(done => RunCommand(
        argument.ScsiId, Lun.FromNumber(argument.LunId), new byte[6], TransferDirection.None, [], null, done, ended =>
        {
            argument.StatusValidity = ended.StatusValidity;
            argument.ScsiStatus = (byte)ended.Status;
        }));

    private Task<Errno> TestReadyAsync(ScsiReady argument) => AskAsync(done => RunCommand(
        argument.ScsiId, Lun.FromWire(argument.LunId), new byte[6], TransferDirection.None, [], null, done,
        ended => Tell(ended, argument)));

    private Task<Errno> PassThroughAsync(ScPassthru argument) => AskAsync(done =>
    {
        argument.EinvalArgument = PassThrough.FindMistake(argument, Description.MaxTransferBytes);
        if (argument.EinvalArgument != EinvalArgument.None)
        {
            done(Errno.EINVAL);
            return;
        }
        var isRead = PassThrough.IsRead(argument);
        var data = new byte[(int)argument.DataLength];
        if (!isRead) argument.Buffer[..data.Length].CopyTo(data);
        RunCommand(argument.ScsiId, Lun.FromWire(argument.LunId), PassThrough.CdbOf(argument),
            isRead ? TransferDirection.In : TransferDirection.Out, data, argument.TimeoutSeconds, done, ended =>
            {
                if (isRead) CopyBack(ended, argument.Buffer);
                PassThrough.Tell(ended, argument, Description.Kind);
            }, logs: false);
    });

    private Task<Errno> PassThroughAsync(ScsiIocmd argument) => AskAsync(done =>
    {
        var variable = argument.VariableCdbLength > 0;
        var lawful = argument.DataLength <= (ulong)Description.MaxTransferBytes
            && (long)argument.DataLength <= argument.Buffer.Length
            && (variable
                ? argument.VariableCdbLength is >= 6 and <= TransportCommand.CdbLengthMax
                    && argument.VariableCdb.Length >= argument.VariableCdbLength
                : argument.CommandLength is >= 6 and <= 16);
        if (!lawful)
        {
            done(Errno.EINVAL);
            return;
        }
        var cdb = variable
            ? argument.VariableCdb[..(int)argument.VariableCdbLength].ToArray()
            : argument.ScsiCdb[..argument.CommandLength];
        var isRead = (argument.Flags & PassThrough.ReadFlag) != 0;
        var data = new byte[(int)argument.DataLength];
        if (!isRead) argument.Buffer[..data.Length].CopyTo(data);
        RunCommand(argument.ScsiId, Lun.FromWire(argument.LunId), cdb,
            isRead ? TransferDirection.In : TransferDirection.Out, data, argument.TimeoutSeconds, done, ended =>
            {
                if (isRead) CopyBack(ended, argument.Buffer);
                argument.Residual = (ulong)(data.Length - ended.Transferred);
                Tell(ended, argument);
            }, logs: false);
    });

    private void RunCommand(ulong scsiId, Lun lun, byte[] cdb, TransferDirection direction, byte[] data,
        uint? timeoutSeconds, Action<Errno> done, Action<InternalCommand> tell, bool logs = true)
    {
        var queue = Find(scsiId, lun);
        if (queue is null or { State: DeviceQueueState.Starting })
        {
            done(Errno.EINVAL);
            return;
        }
        if (queue.State == DeviceQueueState.Stopping)
        {
            done(Errno.EIO);
            return;
        }
        var timeout = timeoutSeconds is { } seconds
            ? TimeSpan.FromSeconds(Math.Min(seconds, 24 * 3600))
            : Attributes.InternalTimeout;
        InternalCommand.Start(this, queue, cdb, direction, data, timeout, logs, ended =>
        {
            tell(ended);
            done(ended.Error);
        });
    }

    private static void CopyBack(InternalCommand ended, Memory<byte> to) =>
        ended.Data.AsSpan(0, Math.Min(ended.Transferred, to.Length)).CopyTo(to.Span);

    private static void Tell(InternalCommand ended, SamArgument argument)
    {
        argument.StatusValidity = ended.StatusValidity;
        argument.ScsiStatus = (byte)ended.Status;
        argument.AdapterStatus = ended.AdapterStatus;
        var length = Math.Min(ended.Sense.Length, argument.AutosenseBuffer.Length);
        if (length == 0) return;
        ended.Sense[..length].CopyTo(argument.AutosenseBuffer.Span);
        argument.AdapterSetFlags |= PassThrough.AutosenseValid;
    }

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
