using BenchmarkDotNet.Attributes;
using Lunette.DeviceServer;
using Lunette.Port.Virtual;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Statistics;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Micro.Stmf.Contracts;

/// <summary>What the statistics of one READ cost: its session's counters and histogram, and its disk's.</summary>
public class TaskCounting
{
    private CountedTask _task = null!;

    [GlobalSetup]
    public void Make()
    {
        var loop = new ManualLoop();
        var slow = new SlowCommands(16) { ThresholdNanoseconds = long.MaxValue };
        var nexus = new ItNexus(
            1, new InitiatorPort("iqn.2026-11.example:host", "p", default, "", ""),
            new VirtualTargetPort("iqn.2026-11.example:target"), loop, LunMap.Empty, DateTimeOffset.UnixEpoch)
        {
            Activity = new LoopActivity(loop, slow, TimeProvider.System),
        };
        _task = new CountedTask(nexus, new FallbackUnit { Slot = 0 });
    }

    [Benchmark]
    public long Count() => _task.Count();

    private sealed class CountedTask : ScsiTask
    {
        private long _now;

        public CountedTask(ItNexus nexus, LogicalUnit unit)
        {
            Nexus = nexus;
            LogicalUnit = unit;
            ExpectedDataInLength = 4096;
        }

        public override ReadOnlySpan<byte> ImmediateData => [];

        public long Count()
        {
            _now += 1000;
            Account(_now, ScsiStatus.Good, 4096);
            return _now;
        }

        public override DataOutResult RequestDataOut(int length) => DataOutResult.NoBuffer;

        public override bool TryLeaseDataIn(int length, out Lease lease)
        {
            lease = default;
            return false;
        }

        protected override void OnEnded(bool answered)
        {
        }
    }
}
