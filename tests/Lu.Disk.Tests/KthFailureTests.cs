using Lunette.Backing;
using Lunette.Backing.Filters;
using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>
/// The k-th failure: of each scenario the first store call fails, then the second, and so on until it passes untouched.
/// Every failure ends in a status; the rig finds what is left over.
/// </summary>
public sealed class KthFailureTests
{
    private const int KMax = 64;
    private static readonly byte[] s_block = [.. Enumerable.Repeat((byte)7, 512)];

    private static readonly Dictionary<string, Func<DiskUnit, ScsiRequest[]>> s_scenarios = new()
    {
        ["write and read"] = _ =>
        [
            new(Cdb.Blocks(BlockCommands.Write10, 0, 2)) { DataOut = new byte[1024] },
            new(Cdb.Blocks(BlockCommands.SynchronizeCache10, 0, 0)),
            new(Cdb.Blocks(BlockCommands.Read10, 0, 2)) { DataIn = new byte[1024] },
        ],
        ["write and verify"] = _ => [new(Cdb.Blocks(BlockCommands.WriteAndVerify10, 0, 1)) { DataOut = s_block }],
        ["verify"] = _ => [new(Cdb.Blocks(BlockCommands.Verify10, 0, 8))],
        ["write same"] = _ => [new(Cdb.Blocks(BlockCommands.WriteSame10, 0, 64)) { DataOut = s_block }],
        ["compare and write"] = _ =>
            [new(Cdb.Blocks(BlockCommands.CompareAndWrite, 0, 1)) { DataOut = new byte[1024] }],
        ["write atomic"] = _ => [new(Cdb.Blocks(BlockCommands.WriteAtomic16, 0, 1)) { DataOut = s_block }],
        ["orwrite"] = _ => [new(Cdb.Blocks(BlockCommands.OrWrite16, 0, 1)) { DataOut = s_block }],
        ["unmap"] = _ => [new(Cdb.Of(BlockCommands.Unmap, ("PARAMETER LIST LENGTH", 24UL)))
        {
            DataOut = new byte[] { 0, 22, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 0 },
        }],
        ["copy"] = disk =>
            [CopyLists.Request(PrimaryCommands.ExtendedCopyLid4, CopyLists.Lid4(disk, disk, 1, 0, 64, 16))],
        ["format"] = _ => [new(new byte[] { 0x04, 0, 0, 0, 0, 0 })],
    };

    public static TheoryData<string, bool> Scenarios
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var name in s_scenarios.Keys)
            {
                data.Add(name, false);
                data.Add(name, true);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Scenario_KthStoreCallFails_EndsInAStatusAndNothingIsLeft(string name, bool later)
    {
        for (var k = 1; k <= KMax; k++)
        {
            await using var rig = await DiskRig.StartAsync(DiskRig.Options());
            var filter = rig.Disk.OpenStore!.Push(store => new FailingFilter(store, k, later))!;
            var failed = 0;
            foreach (var request in s_scenarios[name](rig.Disk))
            {
                var result = rig.Run(request);
                Assert.True(result.Answered, $"{name}, call {k}: no answer");
                if (!result.IsGood) failed++;
            }
            if (filter.Calls < k)
            {
                Assert.True(k > 1, $"{name} asks nothing of the store");
                Assert.Equal(0, failed);
                return;
            }
            Assert.True(failed > 0, $"{name}: call {k} failed, and nobody was told");
            // The medium is as usable as before.
            DiskRig.Good(rig.Run(Cdb.Blocks(BlockCommands.Write10, 0, 1), s_block));
        }
        Assert.Fail($"{name} makes more than {KMax} calls");
    }

    private sealed class FailingFilter(BackingStore beneath, int k, bool later) : StoreFilter(beneath)
    {
        public override string Name => "k-th";

        public int Calls { get; private set; }

        public override bool Start(StoreRequest request)
        {
            if (++Calls != k) return Beneath.Start(request);
            var failure = request.Operation == StoreOperation.Read ? StoreResult.ReadError : StoreResult.WriteError;
            if (!later) return EndNow(request, failure, request.Offset);
            request.FailedOffset = request.Offset;
            request.Finish(failure);
            return false;
        }
    }
}
