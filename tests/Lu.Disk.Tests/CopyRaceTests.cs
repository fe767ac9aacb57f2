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
        const int Rounds = 2000;
        await using var rig = await DiskRig.StartAsync(DiskRig.Options(), kind);
        var (writer, copier) = (new Writer(rig.Login()), rig.Login());
        var (mixed, given) = (0, 0);
        var writing = OnItsOwn(writer.Work);
        var copying = OnItsOwn(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                var meeting = (i % 20) switch { 0 => Meeting.Surely, 10 => Meeting.Never, _ => Meeting.Perhaps };
                if (!TryCopy(copier, writer, meeting, out var data)) continue;
                given++;
                if (data.AsSpan().IndexOfAnyExcept(data[0]) >= 0) mixed++;
            }
        });
        await Task.WhenAny(writing, copying);
        writer.End();
        await Task.WhenAll(writing, copying);
        Assert.Equal(0, mixed);
        Assert.InRange(given, Rounds / 20, Rounds - (Rounds / 20));
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

    private static bool TryCopy(VirtualInitiator host, Writer writer, Meeting meeting, out byte[] data)
    {
        if (meeting != Meeting.Never) return TryCopy(host, () => writer.AwaitWrite(meeting), out data);
        lock (writer.Gate)
        {
            Assert.True(TryCopy(host, () => { }, out data), "a token nobody has revoked gave nothing");
            return true;
        }
    }

    private static bool TryCopy(VirtualInitiator host, Action meanwhile, out byte[] data)
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
        meanwhile();
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
            TimeSpan.FromSeconds(120));
        Assert.True(ended, "the command never ended");
        var result = command.ToResult();
        host.Recycle(command);
        return result;
    }

    // A thread of its own, whose failure is the test's.
    private static Task OnItsOwn(Action work) => Task.Factory.StartNew(
        work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Whether a write comes between making a token and using it: left to the threads, and made sure of now
    /// and then, since a busy machine may bring them together never, or always.</summary>
    private enum Meeting
    {
        Perhaps,

        /// <summary>Which also revokes what other tokens there are of the range: there is room for 256.</summary>
        Surely,

        Never,
    }

    private sealed class Writer(VirtualInitiator host)
    {
        private int _written;
        private bool _over;

        /// <summary>Held during each write.</summary>
        public Lock Gate { get; } = new();

        public void Work()
        {
            var data = new byte[Blocks * 512];
            for (var n = 1; !Volatile.Read(ref _over); n++)
            {
                data.AsSpan().Fill((byte)n);
                lock (Gate)
                {
                    DiskRig.Good(Execute(
                        host, new ScsiRequest(Cdb.Blocks(BlockCommands.Write16, 0, Blocks)) { DataOut = data }));
                }
                Volatile.Write(ref _written, n);
                Thread.SpinWait(n * 7919 % 40_000);
            }
        }

        /// <summary>Where they are to meet: until a write that had not begun has ended.</summary>
        public void AwaitWrite(Meeting meeting)
        {
            if (meeting != Meeting.Surely) return;
            var ended = Volatile.Read(ref _written) + 2;
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _written) >= ended, TimeSpan.FromSeconds(120)));
        }

        public void End() => Volatile.Write(ref _over, true);
    }
}
