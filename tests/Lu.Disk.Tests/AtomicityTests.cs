using Lunette.Backing;
using Lunette.Backing.Filters;
using Lunette.Port.Virtual;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>COMPARE AND WRITE and its like are one step for every other command, and cost those nothing.</summary>
public sealed class AtomicityTests
{
    private static readonly byte[] s_zeros = new byte[512];
    private static readonly byte[] s_ones = [.. Enumerable.Repeat((byte)1, 512)];
    private static readonly byte[] s_twos = [.. Enumerable.Repeat((byte)2, 512)];

    [Fact]
    public async Task CompareAndWrite_WriteInTheStore_WaitsForItAndComparesWhatItWrote()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var hang = rig.Disk.OpenStore!.Push(s => new HangFilter(s, r => r.Operation == StoreOperation.Write))!;
        var write = rig.Start(new ScsiRequest(Cdb.Blocks(BlockCommands.Write10, 4, 2)) { DataOut = new byte[1024] });
        var compare = Compare(rig, lba: 5, s_zeros, s_ones);
        Pump(rig);
        Assert.False(compare.HasEnded, "it has not waited for the write");
        // What does not overlap is not held up.
        DiskRig.Good(rig.Run(new ScsiRequest(Cdb.Blocks(BlockCommands.Read10, 8, 1)) { DataIn = new byte[512] }));

        hang.Release();
        DiskRig.Good(rig.Finish(write));
        DiskRig.Good(rig.Finish(compare));
        Assert.Equal(s_ones, rig.Read(Cdb.Blocks(BlockCommands.Read10, 5, 1), 512));
    }

    [Fact]
    public async Task CompareAndWrite_InTheStore_OverlappingCommandsWaitTheirTurn()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var hang = rig.Disk.OpenStore!.Push(s => new HangFilter(s))!;
        var first = Compare(rig, lba: 0, s_zeros, s_ones);
        var read = rig.Start(new ScsiRequest(Cdb.Blocks(BlockCommands.Read10, 0, 1)) { DataIn = new byte[512] });
        var second = Compare(rig, lba: 0, s_ones, s_twos);
        Pump(rig);
        Assert.Equal(1, hang.Held);
        hang.Release();
        DiskRig.Good(rig.Finish(first));
        DiskRig.Good(rig.Finish(read));
        DiskRig.Good(rig.Finish(second));
        Assert.Equal(s_twos, rig.Read(Cdb.Blocks(BlockCommands.Read10, 0, 1), 512));
    }

    [Fact]
    public async Task CompareAndWrite_AbortedWhileItWaits_LetsTheNextOneIn()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var hang = rig.Disk.OpenStore!.Push(s => new HangFilter(s))!;
        var first = Compare(rig, lba: 0, s_zeros, s_ones);
        var aborted = Compare(rig, lba: 0, s_zeros, s_twos);
        var third = Compare(rig, lba: 0, s_ones, s_twos);
        Pump(rig);
        var abort = rig.Host.ManageAsync(TaskManagementFunction.AbortTask, referencedTag: aborted.Tag);
        Pump(rig);
        Assert.True(aborted.HasEnded && !aborted.Answered);
        Assert.Equal(ServiceResponse.FunctionComplete, await abort);
        hang.Release();
        DiskRig.Good(rig.Finish(first));
        DiskRig.Good(rig.Finish(third));
    }

    [Fact]
    public async Task Write_AbortedWhileInTheStore_NeverOvertakesANewerOne()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var hang = rig.Disk.OpenStore!.Push(s => new HangFilter(s, r => r.Operation == StoreOperation.Write))!;
        var old = rig.Start(new ScsiRequest(Cdb.Blocks(BlockCommands.Write10, 0, 1)) { DataOut = s_ones });
        var abort = rig.Host.ManageAsync(TaskManagementFunction.AbortTask, referencedTag: old.Tag);
        Pump(rig);
        Assert.False(abort.IsCompleted, "the write can still reach the medium");
        hang.Release();
        rig.Finish(old);
        Assert.Equal(ServiceResponse.FunctionComplete, await abort);
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write10, 0, 1), s_twos));
        Assert.Equal(s_twos, rig.Read(Cdb.Blocks(BlockCommands.Read10, 0, 1), 512));
    }

    [Fact]
    public async Task Write_AbortedWhileInTheStore_ANewerOneWaitsForItAndStays()
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var held = 0;
        var hang = rig.Disk.OpenStore!.Push(
            s => new HangFilter(s, r => r.Operation == StoreOperation.Write && held++ == 0))!;
        var old = rig.Start(new ScsiRequest(Cdb.Blocks(BlockCommands.Write10, 0, 1)) { DataOut = s_ones });
        var abort = rig.Host.ManageAsync(TaskManagementFunction.AbortTask, referencedTag: old.Tag);
        var newer = rig.Start(new ScsiRequest(Cdb.Blocks(BlockCommands.Write10, 0, 1)) { DataOut = s_twos });
        DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write10, 1, 1), s_ones));     // others are not kept waiting
        Assert.False(newer.HasEnded);
        hang.Release();
        DiskRig.Good(rig.Finish(newer));
        Assert.Equal(ServiceResponse.FunctionComplete, await abort);
        Assert.False(old.Answered);
        Assert.Equal(s_twos, rig.Read(Cdb.Blocks(BlockCommands.Read10, 0, 1), 512));
    }

    [Fact]
    public async Task CompareAndWrite_FromManyLoops_CountsEveryStep()
    {
        // Two threads count blocks of two pages up by COMPARE AND WRITE, another reads them: no step is lost, none is
        // torn.
        await using var rig = await DiskRig.StartAsync(DiskRig.Options());
        var hosts = Enumerable.Range(0, 3).Select(_ => rig.Login()).ToArray();
        const int Steps = 2000;
        var torn = 0;
        var threads = hosts.Select((host, n) => new Thread(() =>
        {
            if (n < 2) CountUp(host, Steps);
            else Interlocked.Add(ref torn, Watch(host));
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Equal(0, torn);
        var block = rig.Read(Cdb.Blocks(BlockCommands.Read10, 4, 8), 4096);
        Assert.Equal(2 * Steps, BitConverter.ToInt32(block));
    }

    private static void CountUp(VirtualInitiator host, int steps)
    {
        var cdb = Cdb.Blocks(BlockCommands.CompareAndWrite, 4, 8);
        var seen = 0;
        for (var done = 0; done < steps;)
        {
            byte[] data = [.. Filled(seen), .. Filled(seen + 1)];
            if (Execute(host, new ScsiRequest(cdb) { DataOut = data }).IsGood) done++;
            seen = ReadCount(host);
        }
    }

    private static int ReadCount(VirtualInitiator host)
    {
        var bytes = new byte[4096];
        DiskRig.Good(Execute(host, new ScsiRequest(Cdb.Blocks(BlockCommands.Read10, 4, 8)) { DataIn = bytes }));
        return BitConverter.ToInt32(bytes);
    }

    private static int Watch(VirtualInitiator host)
    {
        var torn = 0;
        for (var i = 0; i < 4000; i++)
        {
            var bytes = new byte[4096];
            DiskRig.Good(Execute(host, new ScsiRequest(Cdb.Blocks(BlockCommands.Read10, 4, 8)) { DataIn = bytes }));
            var counts = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(bytes);
            if (counts.IndexOfAnyExcept(counts[0]) >= 0) torn++;
        }
        return torn;
    }

    // A command that waits for another loop's is posted back to this one: it is pumped until it has ended.
    private static ScsiResult Execute(VirtualInitiator host, in ScsiRequest request)
    {
        var command = host.Start(request);
        var spin = default(SpinWait);
        while (!command.HasEnded)
        {
            ((ManualLoop)host.Loop).Pump();
            spin.SpinOnce(sleep1Threshold: -1);
        }
        var result = command.ToResult();
        host.Recycle(command);
        return result;
    }

    private static byte[] Filled(int count)
    {
        var bytes = new byte[4096];
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(bytes.AsSpan()).Fill(count);
        return bytes;
    }

    private static VirtualCommand Compare(DiskRig rig, ulong lba, byte[] expected, byte[] written) =>
        rig.Start(new ScsiRequest(Cdb.Blocks(BlockCommands.CompareAndWrite, lba, 1))
        {
            DataOut = (byte[])[.. expected, .. written],
        });

    private static void Pump(DiskRig rig) => ((ManualLoop)rig.Host.Loop).Pump();
}
