using Lunette.Backing.Filters;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>
/// A reset meets a task in each state it can be in: the task ends once, the function is answered when it has left the
/// store, nothing is held, and the disk goes on.
/// </summary>
public sealed class ResetInEveryStateTests
{
    private static readonly byte[] s_block = new byte[512];
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    /// <summary>How the state comes about: what is sent, the last of them being the one the state is of.</summary>
    private static readonly Dictionary<string, Func<DiskRig, VirtualCommand[]>> s_states = new()
    {
        ["in the store, reading"] = rig => [rig.Start(Read(0))],
        ["in the store, writing"] = rig => [rig.Start(Write(0))],
        ["in the store, flushing"] =
            rig => [rig.Start(new ScsiRequest(Cdb.Blocks(BlockCommands.SynchronizeCache10, 0, 0)))],
        ["waiting for blocks"] = rig => [rig.Start(Write(0)), rig.Start(Write(0))],
        ["dormant behind an ordered task"] = rig =>
            [rig.Start(Read(0)), rig.Start(Read(1) with { Attribute = TaskAttribute.Ordered }), rig.Start(Read(2))],
        ["waiting for data"] = rig =>
        {
            rig.Host.DataOutDelivery = DataOutDelivery.Held;
            return [rig.Start(Write(0))];
        },
        ["dormant behind one that waits for data"] = rig =>
        {
            rig.Host.DataOutDelivery = DataOutDelivery.Held;
            return [rig.Start(Write(0) with { Attribute = TaskAttribute.Ordered }), rig.Start(Read(0))];
        },
        ["comparing"] = rig =>
            [rig.Start(new ScsiRequest(Cdb.Blocks(BlockCommands.CompareAndWrite, 0, 1)) { DataOut = new byte[1024] })],
        ["in many steps"] =
            rig => [rig.Start(new ScsiRequest(Cdb.Blocks(BlockCommands.WriteSame10, 0, 64)) { DataOut = s_block })],
        ["formatting"] = rig => [rig.Start(new ScsiRequest(new byte[] { 0x04, 0, 0, 0, 0, 0 }))],
    };

    public static TheoryData<string, TaskManagementFunction> StatesAndFunctions
    {
        get
        {
            var data = new TheoryData<string, TaskManagementFunction>();
            foreach (var state in s_states.Keys)
            {
                data.Add(state, TaskManagementFunction.LogicalUnitReset);
                data.Add(state, TaskManagementFunction.ClearTaskSet);
                data.Add(state, TaskManagementFunction.TargetWarmReset);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(StatesAndFunctions))]
    public async Task Reset_TaskInThisState_EndsOnceAndTheDiskGoesOn(string state, TaskManagementFunction function)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var other = rig.Login();
        var hang = rig.Disk.OpenStore!.Push(store => new HangFilter(store))!;
        var commands = s_states[state](rig);
        Assert.False(commands[^1].HasEnded);
        var managed = other.ManageAsync(function);
        rig.PumpUntil(() => managed.IsCompleted || hang.Held > 0);
        hang.Release();
        rig.PumpUntil(() => managed.IsCompleted && Array.TrueForAll(commands, command => command.HasEnded));
        Assert.Equal(ServiceResponse.FunctionComplete, await managed);
        Assert.Equal(0, rig.Disk.TaskCount);
        Assert.Null(rig.Disk.FenceReason);

        rig.Host.DataOutDelivery = DataOutDelivery.WhenAsked;
        foreach (var host in (VirtualInitiator[])[rig.Host, other])
        {
            // Work on the whole medium goes on to its end, whoever began it.
            Assert.True(SpinWait.SpinUntil(() => IsReady(rig, host), s_patience));
            DiskRig.Good(rig.Run(Write(0), host));
            DiskRig.Good(rig.Run(Read(0), host));
        }
    }

    private static bool IsReady(DiskRig rig, VirtualInitiator host)
    {
        var told = rig.Run(new byte[6], host: host);
        if (told.IsGood) return true;
        Assert.True(DiskRig.SenseOf(told).Key is SenseKey.UnitAttention or SenseKey.NotReady);
        return false;
    }

    private static ScsiRequest Read(byte lba) =>
        new(Cdb.Blocks(BlockCommands.Read10, lba, 1)) { DataIn = new byte[512] };

    private static ScsiRequest Write(byte lba) => new(Cdb.Blocks(BlockCommands.Write10, lba, 1)) { DataOut = s_block };
}
