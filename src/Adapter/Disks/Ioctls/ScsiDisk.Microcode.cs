using System.Runtime.InteropServices;
using Lunette.Adapter.Paths;
using Lunette.Adapter.Transports;

namespace Lunette.Adapter.Disks;

/// <content>DK_RWBUFFER: microcode goes to the device by WRITE BUFFER, in fragments, with nothing else
/// running.</content>
public sealed partial class ScsiDisk
{
    private const int BufferOffsetMax = 0xFF_FFFF;

    private async Task<Errno> DownloadAsync(DiskWriteBuffer argument, DiskPath? path)
    {
        var fragment = argument.FragmentLength == 0 ? _maxTransferBytes : argument.FragmentLength;
        if (argument.Mode is < 4 or > 7 || argument.Buffer.IsEmpty || fragment < 1 || fragment > _maxTransferBytes
            || argument.Offset > BufferOffsetMax || argument.Buffer.Length > BufferOffsetMax - argument.Offset)
            return Errno.EINVAL;
        var id = argument.BufferId;
        var offset = argument.Offset;
        for (argument.Written = 0; argument.Written < argument.Buffer.Length;)
        {
            var rest = argument.Buffer[argument.Written..];
            var part = rest[..Math.Min(fragment, rest.Length)];
            byte[] cdb =
            [
                0x3B, argument.Mode, id, (byte)(offset >> 16), (byte)(offset >> 8), (byte)offset,
                (byte)(part.Length >> 16), (byte)(part.Length >> 8), (byte)part.Length, 0,
            ];
            var answer = await CommandAsync(cdb, TransferDirection.Out, MemoryMarshal.AsMemory(part), path,
                Seconds(argument.TimeoutSeconds), noRetry: true, alone: true).ConfigureAwait(false);
            argument.StatusValidity = answer.Validity;
            argument.ScsiStatus = (byte)answer.Status;
            argument.AdapterStatus = answer.AdapterStatus;
            if (answer.Error != Errno.None) return Plainly(answer.Error);
            argument.Written += part.Length;
            if ((argument.DeviceFlags & WriteBufferFlags.NextBufferId) != 0) id++;
            if ((argument.DeviceFlags & WriteBufferFlags.NextOffset) != 0) offset += (uint)part.Length;
        }
        if ((argument.DeviceFlags & WriteBufferFlags.StopStart) == 0) return Errno.None;
        var stopped = await PlainAsync([0x1B, 0, 0, 0, 0, 0], Options.StartTimeoutSeconds).ConfigureAwait(false);
        return stopped == Errno.None
            ? await PlainAsync([0x1B, 0, 0, 0, 1, 0], Options.StartTimeoutSeconds).ConfigureAwait(false)
            : stopped;
    }
}
