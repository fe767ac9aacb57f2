using System.Buffers.Binary;
using Lunette.Port.Virtual;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>Copies and tokens while other loops write, abort and reset.</summary>
public sealed class CopyRaceTests
{
    private const int Blocks = 64;
    private const ulong Destination = 1000;

    // A thread counts a range up, each WRITE all of it; what a token gives was there at one point in time, or is
    // refused.
    [Theory]
    [InlineData("ram")]
    [InlineData("file")]
    public async Task WriteUsingToken_WhileAnotherLoopWrites_NeverAMixture(string kind)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(), kind);
        var (writer, copier) = (rig.Login(), rig.Login());
        var (mixed, given, refused) = (0, 0, 0);
        var over = false;
        var writing = new Thread(() =>
        {
            var data = new byte[Blocks * 512];
            for (var n = 1; !Volatile.Read(ref over); n++)
            {
                data.AsSpan().Fill((byte)n);
                DiskRig.Good(Execute(
                    writer, new ScsiRequest(Cdb.Blocks(BlockCommands.Write16, 0, Blocks)) { DataOut = data }));
                Thread.SpinWait(Pause(n));
            }
        });
        var copying = new Thread(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                if (TryCopy(copier, out var data))
                {
                    given++;
                    if (data.AsSpan().IndexOfAnyExcept(data[0]) >= 0) mixed++;
                }
                else
                {
                    refused++;
                }
            }
            Volatile.Write(ref over, true);
        });
        writing.Start();
        copying.Start();
        copying.Join();
        writing.Join();
        Assert.Equal(0, mixed);
        Assert.True(given > 0 && refused > 0, $"{given} given, {refused} refused: there was no race");

        static int Pause(int n) => n * 7919 % 40_000;
    }

    // Whatever ends a copy in the background, it ends once and leaves nothing: the rig checks leases and tasks.
    [Theory]
    [InlineData("ram")]
    [InlineData("file")]
    public async Task Copies_InTheBackgroundAmongResetsAndAborts_AllEnd(string kind)
    {
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(length: 32 << 20), kind);
        var random = new Random(11);
        for (var i = 0; i < 300; i++)
        {
            var listId = (uint)random.Next(4);
            var result = rig.Run(CopyLists.Request(PrimaryCommands.ExtendedCopyLid4,
                CopyLists.Lid4(rig.Disk, rig.Disk, listId, 0, 30_000, 20_000, flags: 0x01)));
            // A copy by that identifier goes on, or a reset was told.
            Assert.True(result.IsGood || result.Status == ScsiStatus.CheckCondition, result.ToString());
            switch (random.Next(5))
            {
                case 0:
                    Manage(rig, TaskManagementFunction.LogicalUnitReset);
                    break;
                case 1:
                    Manage(rig, TaskManagementFunction.AbortTaskSet);
                    break;
                case 2:
                    rig.Run(Cdb.Of(PrimaryCommands.CopyOperationAbort, ("LIST IDENTIFIER", listId)));
                    break;
                default:
                    break;
            }
        }
        for (var listId = 0u; listId < 4; listId++)
        {
            var ask = CopyLists.Ask(PrimaryCommands.ReceiveCopyStatusLid4, listId);
            for (var attentions = 0; attentions < 16; attentions++) rig.Run(ask);
            rig.PumpUntil(() => rig.Read(ask, 1024)[5] < 0x10 || rig.Read(ask, 1024)[5] == 0x60);
        }
    }

    private static void Manage(DiskRig rig, TaskManagementFunction function)
    {
        var managed = rig.Host.ManageAsync(function);
        rig.PumpUntil(() => managed.IsCompleted);
    }

    private static bool TryCopy(VirtualInitiator host, out byte[] data)
    {
        data = new byte[Blocks * 512];
        DiskRig.Good(Execute(host, CopyLists.Request(
            PrimaryCommands.PopulateToken, CopyLists.Populate(0, 0, 0, (0, Blocks)), 1)));
        var information = new byte[1024];
        DiskRig.Good(Execute(host, new ScsiRequest(CopyLists.Ask(PrimaryCommands.ReceiveRodTokenInformation, 1))
        {
            DataIn = information,
        }));
        Assert.Equal(514u, BinaryPrimitives.ReadUInt32BigEndian(information.AsSpan(32)));
        var result = Execute(host, CopyLists.Request(PrimaryCommands.WriteUsingToken,
            CopyLists.WriteUsing(information[38..550], 0, 0, (Destination, Blocks)), 1));
        if (!result.IsGood)
        {
            Assert.Equal(AdditionalSense.InvalidTokenOperationTokenRevoked, DiskRig.SenseOf(result).Code);
            return false;
        }
        DiskRig.Good(Execute(
            host, new ScsiRequest(Cdb.Blocks(BlockCommands.Read16, Destination, Blocks)) { DataIn = data }));
        return true;
    }

    private static ScsiResult Execute(VirtualInitiator host, in ScsiRequest request)
    {
        var command = host.Start(request);
        var loop = (ManualLoop)host.Loop;
        var ended = SpinWait.SpinUntil(
            () =>
            {
                loop.Pump();
                return command.HasEnded;
            },
            TimeSpan.FromSeconds(30));
        Assert.True(ended, "the command never ended");
        var result = command.ToResult();
        host.Recycle(command);
        return result;
    }
}
