using System.Buffers.Binary;
using Lunette.Iscsi;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Testing.Wire;

namespace Lunette.Initiator.Iscsi.Tests.Wire;

/// <summary>The READ/WRITE path allocates nothing per command in steady state, in the whole process, target
/// included.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public class AllocationTests
{
    // The whole process is measured, so nothing else may run in it.
    internal const string Name = "alone";

    private const int Depth = 32;
    private const int Commands = 20_000;
    private const int RoundsMax = 5;
    private const long BytesMax = 20_000;

    [Theory]
    [InlineData(0x88, 4096, true)]
    [InlineData(0x8A, 4096, true)]
    [InlineData(0x88, 4096, false)]
    [InlineData(0x8A, 65536, false)]
    [InlineData(0x88, 131072, true)]
    public async Task Execute_SteadyState_AllocatesNothing(byte code, int length, bool inline)
    {
        await using var target = await LunetteTarget.StartAsync(null);
        await using var initiator = IscsiInitiator.Start(
            new IscsiInitiatorOptions { Name = IscsiName.Parse("iqn.2001-04.com.example:host") },
            new LoopGroupOptions { Count = 1 });
        await using var session = await IscsiSession.ConnectAsync(
            initiator,
            new IscsiSessionOptions
            {
                TargetName = IWireTarget.Name,
                Portals = [new PortalAddress("127.0.0.1", target.Port)],
                InlineContinuations = inline,
            },
            TestContext.Current.CancellationToken);
        using var meter = new Meter();
        var workers = Enumerable.Range(0, Depth).Select(i => WorkAsync(session, meter, code, length, i)).ToList();
        await Task.WhenAll(workers).WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        // A few hundred bytes may come from whatever else the process does, and more now and then, when it makes a
        // thread; one object per command would be half a million in each of the rounds.
        Assert.InRange(meter.Least, 0, BytesMax);
    }

    private static async Task WorkAsync(IscsiSession session, Meter meter, byte code, int length, int index)
    {
        var buffer = new byte[length];
        var cdb = new byte[16];
        cdb[0] = code;
        BinaryPrimitives.WriteUInt64BigEndian(cdb.AsSpan(2), (ulong)(index * 256));
        BinaryPrimitives.WriteUInt32BigEndian(cdb.AsSpan(10), (uint)length / 512);
        var command = new IscsiCommand(Lun.Zero, cdb);
        while (meter.Next())
        {
            var result = code == 0x88
                ? await session.ExecuteAsync(command, buffer, default, CancellationToken.None)
                : await session.ExecuteAsync(command, default, buffer, CancellationToken.None);
            // The first commands of a nexus may meet a unit attention, and warm everything up.
            if (!result.IsGood && meter.Measuring) Assert.Fail(result.Describe());
        }
    }

    /// <summary>Counts commands; of rounds of the last ones, the least that the process allocates in one.</summary>
    private sealed class Meter : IDisposable
    {
        private int _count;
        private long _before;

        private bool _over;

        public long Least { get; private set; } = long.MaxValue;

        public bool Measuring => Volatile.Read(ref _count) > Commands;

        public bool Next()
        {
            var count = Interlocked.Increment(ref _count);
            if (count % Commands == 0) EndRound(count / Commands);
            return !Volatile.Read(ref _over);
        }

        public void Dispose() => Assert.True(_over);

        private void EndRound(int round)
        {
            var now = GC.GetTotalAllocatedBytes(precise: true);
            // The first one warms everything up.
            if (round > 1) Least = Math.Min(Least, now - _before);
            _before = now;
            if (Least <= BytesMax || round > RoundsMax) Volatile.Write(ref _over, true);
        }
    }
}
