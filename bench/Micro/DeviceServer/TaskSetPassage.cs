using BenchmarkDotNet.Attributes;
using Lunette.DeviceServer;
using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Nexuses;
using Lunette.DeviceServer.Tasks;
using Lunette.Lu.Disk;
using Lunette.Port.Virtual;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Micro.DeviceServer;

/// <summary>A SIMPLE task enters the task set and leaves it, alone and among others.</summary>
public class TaskSetPassage
{
    private readonly TaskSet _set = new();
    private TaskContext _context = null!;

    /// <summary>Tasks that are in the set already.</summary>
    [Params(0, 127)]
    public int Others { get; set; }

    [GlobalSetup]
    public async Task FillAsync()
    {
        var unit = new DiskUnit(
            new DiskOptions
            {
                Unit = new UnitOptions { Id = new LogicalUnitId(0x6000_0000_0000_0001, 1), Alias = "disk" },
                LengthBytes = 1 << 20,
            },
            () => throw new InvalidOperationException("it is never opened"));
        var target = await VirtualTarget.StartAsync();
        var initiator = new InitiatorPort("iqn.2026-11.example:host", "p", default, "", "");
        var itl = new ItlNexus(unit, target.OpenSession(target.Port, initiator, new ManualLoop())!);
        var row = unit.Commands.Find(WireCommand.Blocks(BlockCommands.Read10, 0, 1))!;
        for (var i = 0; i < Others; i++) _set.Enter(Context());
        _context = Context();

        TaskContext Context() => new() { Task = new SimpleTask(), Itl = itl, Command = row };
    }

    [Benchmark]
    public bool EnterAndLeave()
    {
        var enabled = _set.Enter(_context);
        TaskContext? posted = null;
        _set.Leave(_context, ref posted);
        return enabled && posted is null;
    }

    private sealed class SimpleTask : ScsiTask
    {
        public SimpleTask() => Attribute = TaskAttribute.Simple;

        public override ReadOnlySpan<byte> ImmediateData => [];

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
