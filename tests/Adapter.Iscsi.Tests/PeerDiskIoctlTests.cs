using System.Buffers.Binary;
using System.Text;
using Lunette.Adapter.Arguments;
using Lunette.Adapter.Disks;
using Lunette.Adapter.Opening;
using Lunette.Scsi;

namespace Lunette.Adapter.Iscsi.Tests;

/// <summary>scdisk's operations over TCP: against tgt, and against our own target.</summary>
public sealed class PeerDiskIoctlTests
{
    [Theory]
    [InlineData("lunette")]
    [InlineData("tgt")]
    public async Task ReadWriteAndPassThrough_SameBytesAndSense(string peer)
    {
        await using var rig = new PeerRig(await PeerRig.StartTargetAsync(peer));
        await using var disk = await OpenAsync(rig);
        var bytes = new byte[8 * disk.BlockLengthBytes];
        var back = new byte[bytes.Length];
        foreach (var (write, read) in ((int, int)[])
            [
                (DiskIoctlNumber.DKIOWRSE, DiskIoctlNumber.DKIORDSE),
                (DiskIoctlNumber.DKIOLWRSE, DiskIoctlNumber.DKIOLRDSE),
                (DiskIoctlNumber.DKIOWRSE16, DiskIoctlNumber.DKIORDSE16),
            ])
        {
            new Random(write).NextBytes(bytes);
            Assert.Equal(Errno.None, await AskAsync(disk, write,
                new DiskReadWrite { LogicalBlockAddress = 9, Buffer = bytes }));
            Assert.Equal(Errno.None, await AskAsync(disk, read,
                new DiskReadWrite { LogicalBlockAddress = 9, Buffer = back }));
            Assert.Equal(bytes, back);
            var beyond = new DiskReadWrite
            {
                LogicalBlockAddress = disk.BlockCount,
                Buffer = back,
                RequestSense = new byte[32],
            };
            Assert.Equal(Errno.ENXIO, await AskAsync(disk, read, beyond));
            Assert.Equal((0x05, 0x21), (beyond.RequestSense.Span[2] & 0x0F, beyond.RequestSense.Span[12]));
        }
        var inquiry = new ScPassthru { DataLength = 36, Buffer = new byte[36], Flags = 1, TimeoutSeconds = 10 };
        inquiry.SetCdb([0x12, 0, 0, 0, 36, 0]);
        Assert.Equal(Errno.None, await AskAsync(disk, DiskIoctlNumber.DK_PASSTHRU, inquiry));
        Assert.Equal(peer == "tgt" ? "IET     " : "LUNETTE ",
            Encoding.ASCII.GetString(inquiry.Buffer.Span[8..16]));
        Assert.Equal(0ul, inquiry.Residual);
        Assert.Equal(DiskInfoFlags.Valid, disk.GetInfo().Flags & DiskInfoFlags.Valid);
    }

    [Theory]
    [InlineData("lunette")]
    [InlineData("tgt")]
    public async Task Reservations_RegisterReadAndClear(string peer)
    {
        await using var rig = new PeerRig(await PeerRig.StartTargetAsync(peer));
        await using var disk = await OpenAsync(rig);
        Assert.Equal(Errno.None, await AskAsync(disk, DiskIoctlNumber.DKPRES_REGISTER,
            new DiskReservation { ActionKey = 0xA }));
        Assert.Equal(0xAul, Assert.Single(await KeysAsync(disk)));
        var held = new DiskReservation { Data = new byte[24] };
        Assert.Equal(Errno.None, await AskAsync(disk, DiskIoctlNumber.DKPRES_READRES, held));
        Assert.Equal(0u, BinaryPrimitives.ReadUInt32BigEndian(held.Data.Span[4..]));
        var wrong = new DiskReservation { Key = 0xB };
        Assert.Equal(Errno.EBUSY, await AskAsync(disk, DiskIoctlNumber.DKPRES_CLEAR, wrong));
        Assert.Equal((byte)ScsiStatus.ReservationConflict, wrong.ScsiStatus);
        Assert.Equal(Errno.None, await AskAsync(disk, DiskIoctlNumber.DKPRES_CLEAR, new DiskReservation { Key = 0xA }));
        Assert.Empty(await KeysAsync(disk));
    }

    private static async Task<ulong[]> KeysAsync(ScsiDisk disk)
    {
        var keys = new DiskReservation { Data = new byte[256] };
        Assert.Equal(Errno.None, await AskAsync(disk, DiskIoctlNumber.DKPRES_READKEYS, keys));
        var length = (int)BinaryPrimitives.ReadUInt32BigEndian(keys.Data.Span[4..]);
        return [.. Enumerable.Range(0, length / 8)
            .Select(i => BinaryPrimitives.ReadUInt64BigEndian(keys.Data.Span[(8 + (i * 8))..]))];
    }

    // Without the reservation of scdisk's open, so that the keys are the test's.
    private static Task<ScsiDisk> OpenAsync(PeerRig rig) => ScsiDisk.OpenAsync(rig.Adapter, 1,
        Lun.FromNumber(rig.Lun), new ScsiDiskOptions(), OpenExtension.NoReserve).WaitAsync(PeerRig.Patience);

    private static Task<Errno> AskAsync(ScsiDisk disk, int operation, object argument) =>
        disk.IoctlAsync(operation, argument).WaitAsync(PeerRig.Patience);
}
