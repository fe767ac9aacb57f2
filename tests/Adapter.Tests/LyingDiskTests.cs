using System.Buffers.Binary;
using Lunette.Adapter.Disks;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Paths;
using Lunette.Adapter.Transports;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>What a target says of itself is not believed: a clear error, bounded memory, nobody else
/// disturbed.</summary>
public class LyingDiskTests
{
    private static readonly byte[] s_honest = Capacity16(2047, 512);

    public static TheoryData<string, byte[]> Capacities => new()
    {
        { "nothing at all", [] },
        { "half of it", s_honest[..6] },
        { "no block length", Capacity16(2047, 0) },
        { "a block of one byte", Capacity16(2047, 1) },
        { "a block of two gigabytes", Capacity16(2047, 1u << 31) },
        { "more than can be addressed", Capacity16(ulong.MaxValue - 1, 512) },
        { "as many blocks as there are numbers", Capacity16(ulong.MaxValue, 512) },
    };

    [Theory]
    [MemberData(nameof(Capacities))]
    public async Task Capacity_ThatCannotBe_EFORMAT(string lie, byte[] capacity)
    {
        var rig = new ScriptedRig();
        var told = await Assert.ThrowsAsync<ScsiDiskException>(() => OpenAsync(rig, cdb => Answer(cdb, capacity)));
        Assert.True(told.Errno == Errno.EFORMAT, $"{lie}: {told.Message}");
    }

    public static TheoryData<byte[]> Pages => new()
    {
        Array.Empty<byte>(),
        new byte[] { 0, 0x83 },
        // Longer than what came, designators past the end, one of 255 bytes, a hundred empty ones.
        new byte[] { 0, 0x83, 0xFF, 0xFF, 0x51, 0x95, 0, 4, 0, 0, 0, 1 },
        new byte[] { 0, 0x83, 0, 8, 0x51, 0x95, 0, 200, 0, 0, 0, 1 },
        new byte[] { 0, 0x83, 0, 4, 0x51, 0x95, 0, 0xFF },
        new byte[252],
        Enumerable.Repeat((byte)0xFF, 252).ToArray(),
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Identification_ShortOrLying_DiskIsUsedAsIfItHadNoAccessStates(byte[] page)
    {
        var rig = new ScriptedRig();
        var disk = await OpenAsync(rig, cdb => cdb[0] == 0x12 ? page : Answer(cdb, s_honest));
        Assert.Equal(2048ul, disk.BlockCount);
        Assert.Equal(AsymmetricAccessState.ActiveOptimized, disk.Paths[0].Access);
    }

    public static TheoryData<byte[]> Groups => new()
    {
        Array.Empty<byte>(),
        new byte[] { 0xFF, 0xFF, 0xFF, 0xFF },
        new byte[] { 0, 0, 0, 8, 0, 0, 0, 9, 0, 0, 0, 0xFF },
        Enumerable.Repeat((byte)0xFF, 1024).ToArray(),
    };

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task PortGroups_ShortOrLying_DiskIsUsed(byte[] groups)
    {
        byte[] page = [0, 0x83, 0, 8, 0x51, 0x15, 0, 4, 0, 0, 0, 1];
        var rig = new ScriptedRig();
        var disk = await OpenAsync(rig, cdb => cdb[0] switch
        {
            0x12 => page,
            0xA3 => groups,
            _ => Answer(cdb, s_honest),
        });
        Assert.Equal(PathState.Enabled, disk.Paths[0].State);
    }

    [Fact]
    public async Task Path_AccessStates_DecideWhichIsUsed()
    {
        byte[] page = [0, 0x83, 0, 8, 0x51, 0x15, 0, 4, 0, 0, 0, 1];
        // Two groups; ours is in standby.
        byte[] groups = [0, 0, 0, 20, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        var rig = new ScriptedRig();
        var disk = await OpenAsync(rig, cdb => cdb[0] switch
        {
            0x12 => page,
            0xA3 => groups,
            _ => Answer(cdb, s_honest),
        });
        Assert.Equal(AsymmetricAccessState.Standby, disk.Paths[0].Access);
    }

    [Theory]
    [InlineData(true, 512)]
    [InlineData(true, 0)]
    [InlineData(false, 512)]
    [InlineData(false, 0)]
    public async Task GoodWithLessThanAsked_IsNotCarriedOut(bool isRead, int moved)
    {
        var rig = new ScriptedRig();
        var disk = await OpenAsync(rig, cdb => Answer(cdb, s_honest));
        var moving = isRead ? disk.ReadAsync(0, new byte[1024]).AsTask() : disk.WriteAsync(0, new byte[1024]).AsTask();
        rig.Loop.Pump();
        var command = Assert.Single(rig.Transport.Commands);
        command.Status = ScsiStatus.Good;
        command.TransferredBytes = moved;
        rig.Transport.End(command, TransportOutcome.Answered);
        rig.Loop.Pump();
        var told = await Assert.ThrowsAsync<ScsiDiskException>(
            () => moving.WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken));
        Assert.Equal(Errno.EIO, told.Errno);
        Assert.Contains($"moved {moved} of 1024 bytes", told.Message, StringComparison.Ordinal);
    }

    private static byte[] Answer(ReadOnlySpan<byte> cdb, byte[] capacity) => cdb[0] == 0x9E ? capacity : [];

    // The far end answers everything at once, with what it is told.
    private static async Task<ScsiDisk> OpenAsync(ScriptedRig rig, Func<byte[], byte[]> answers)
    {
        var opening = ScsiDisk.OpenAsync(rig.Adapter, 2, Lun.Zero, new ScsiDiskOptions { RetriesMax = 1 },
            OpenExtension.NoReserve);
        var deadline = TimeProvider.System.GetTimestamp();
        while (!opening.IsCompleted)
        {
            rig.Loop.Advance(TimeSpan.FromMilliseconds(10));
            foreach (var command in rig.Transport.Commands.ToArray())
                Give(rig, command, answers(command.Cdb.ToArray()));
            rig.Loop.Pump();
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(120), "no answer");
            await Task.Yield();
        }
        return await opening;
    }

    private static void Give(ScriptedRig rig, TransportCommand command, byte[] bytes)
    {
        var length = Math.Min(bytes.Length, command.Data.Length);
        if (length > 0) command.Data.CopyIn(0, bytes.AsSpan(0, length));
        command.Status = ScsiStatus.Good;
        command.TransferredBytes = length;
        rig.Transport.End(command, TransportOutcome.Answered);
    }

    private static byte[] Capacity16(ulong lastLba, uint blockLength)
    {
        var data = new byte[32];
        BinaryPrimitives.WriteUInt64BigEndian(data, lastLba);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(8), blockLength);
        return data;
    }

    [Fact]
    public async Task Capacity_BlocksLongerThanTheAdapterCarries_EFORMAT()
    {
        var rig = new ManyPathRig(paths: 1, maxTransferBytes: 32768) { BlockLengthBytes = 65536 };
        var thrown = await Assert.ThrowsAsync<ScsiDiskException>(() => rig.OpenAsync(new ScsiDiskOptions()));
        Assert.Equal(Errno.EFORMAT, thrown.Errno);
    }
}
