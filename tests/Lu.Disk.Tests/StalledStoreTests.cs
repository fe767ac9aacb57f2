using Lunette.Backing.Filters;
using Lunette.Port.Virtual;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>A store that answers nobody: its disk says so instead of taking more that would only wait.</summary>
public sealed class StalledStoreTests
{
    private static readonly TimeSpan s_stallTime = DiskRig.Options().Unit.StallTime;

    [Fact]
    public async Task Store_AnswersNobody_BusyOrTaskSetFullUntilItDoes()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var other = rig.Login();
        var hang = rig.Disk.OpenStore!.Push(store => new HangFilter(store))!;
        var stuck = rig.Start(Read());
        Pass(s_stallTime - TimeSpan.FromSeconds(1), rig.Host, other);
        var waits = rig.Start(Read(1));
        Assert.Equal(2, hang.Held);

        Pass(TimeSpan.FromSeconds(2), rig.Host, other);
        Assert.Equal(ScsiStatus.TaskSetFull, rig.Run(Read(2)).Status);
        Assert.Equal(ScsiStatus.Busy, rig.Run(Read(2), other).Status);
        Assert.Equal(ScsiStatus.Busy, rig.Run(new byte[6], host: other).Status);
        Assert.Equal(2, hang.Held);
        Assert.Equal(0, rig.Disk.FullRefusals);     // its limit is another matter
        // Who and what it is, and who holds it, is no matter of the medium.
        DiskRig.Good(rig.Run([0x12, 0, 0, 0, 36, 0]));
        DiskRig.Good(rig.Run([0x1A, 0, 0x3F, 0, 255, 0]));
        DiskRig.Good(rig.Run([0x5E, 0, 0, 0, 0, 0, 0, 0, 255, 0], host: other));

        hang.Release();
        DiskRig.Good(rig.Finish(stuck));
        DiskRig.Good(rig.Finish(waits));
        DiskRig.Good(rig.Run(Read(2)));
        DiskRig.Good(rig.Run(Read(2), other));
    }

    [Fact]
    public async Task Store_SlowButMoving_NobodyIsRefused()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var hang = rig.Disk.OpenStore!.Push(store => new HangFilter(store))!;
        List<VirtualCommand> commands = [rig.Start(Read())];
        for (byte i = 1; i < 8; i++)
        {
            commands.Add(rig.Start(Read(i)));
            Pass(s_stallTime - TimeSpan.FromSeconds(1), rig.Host);
            Assert.True(hang.ReleaseOne());
            DiskRig.Good(rig.Finish(commands[i - 1]));
        }
        Assert.Equal(1, hang.Held);
        hang.Release();
        DiskRig.Good(rig.Finish(commands[^1]));
    }

    private static ScsiRequest Read(byte lba = 0) =>
        new(Cdb.Blocks(BlockCommands.Read10, lba, 1)) { DataIn = new byte[512] };

    private static void Pass(TimeSpan time, params VirtualInitiator[] hosts)
    {
        foreach (var host in hosts) ((ManualLoop)host.Loop).Advance(time);
    }
}
