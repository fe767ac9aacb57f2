using Lunette.Backing.Ram;
using Lunette.Backing.Workers;
using Lunette.DeviceServer;
using Lunette.Fuzz.Engine;
using Lunette.Lu.Disk;
using Lunette.Port.Virtual;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Fuzz.Targets;

/// <summary>
/// One disk for one input. The bits of a step's first byte choose: 01h which initiator, 06h how Data-Out comes (at
/// once, when asked, later, held back), 18h the task attribute, E0h all set: a task management function in its place.
/// What is held back arrives at the end; then everything must have ended, and nothing may be left.
/// </summary>
internal sealed class DiskRun : IDisposable
{
    /// <summary>How long is waited for work that has a thread of its own (FORMAT UNIT, SANITIZE).</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private const int StepsMax = 16;
    private const int DataInMax = 8192;

    private static readonly DataOutDelivery[] s_deliveries = Enum.GetValues<DataOutDelivery>();
    private static readonly TaskManagementFunction[] s_functions = Enum.GetValues<TaskManagementFunction>();

    private readonly BufferPool _pool = new(64 << 20);
    private readonly PumpedJobs _jobs = new();
    private readonly DiskUnit _disk;
    private readonly VirtualTarget _target;
    private readonly VirtualInitiator[] _hosts;
    private readonly List<(VirtualCommand Command, byte[] Cdb, int DataOut, byte[] DataIn)> _started = [];
    private readonly List<Task<ServiceResponse>> _managed = [];

    private DiskRun(ProtectionType? protection)
    {
        var options = new DiskOptions
        {
            Unit = new UnitOptions
            {
                Id = new LogicalUnitId(0x6000_0000_0000_0001, 1),
                Alias = "disk0",
                Persistence = new MemoryPersistence(),
            },
            LengthBytes = 1 << 20,
            Protection = protection,
            Jobs = _jobs,
        };
        _disk = new DiskUnit(options, () => new(new RamStore(DiskUnit.StoreBytesOf(options)), null));
        _target = VirtualTarget.StartAsync(_disk).GetAwaiter().GetResult();
        _hosts = [.. Enumerable.Range(0, 2).Select(Login)];
    }

    /// <summary>The name of one of the initiators, or of one that is not there.</summary>
    public static string InitiatorName(int number) => $"iqn.2026-11.example:host{number}";

    /// <summary>Carries an input out and checks.</summary>
    public static void Run(ReadOnlySpan<byte> input) => Run(input, protection: null);

    /// <summary>The same on a disk with protection information, of a type that the input's length says.</summary>
    public static void RunProtected(ReadOnlySpan<byte> input) => Run(input, (ProtectionType)(input.Length & 3));

    private static void Run(ReadOnlySpan<byte> input, ProtectionType? protection)
    {
        using var run = new DiskRun(protection);
        var reader = new FuzzReader(input);
        for (var steps = 0; steps < StepsMax && !reader.IsEmpty; steps++) run.Step(ref reader);
        run.Finish();
    }

    private VirtualInitiator Login(int number)
    {
        var host = VirtualInitiator.Login(_target, _target.Port, InitiatorName(number), pool: _pool)!;
        // Past the power-on attention, or half of all steps would meet nothing else.
        host.Recycle(host.Start(new ScsiRequest(new byte[6])));
        return host;
    }

    private void Step(ref FuzzReader reader)
    {
        var choices = reader.Byte();
        var host = _hosts[choices & 1];
        var cdb = reader.Bytes(reader.Byte()).ToArray();
        if ((choices & 0xE0) == 0xE0)
        {
            var function = s_functions[(cdb.Length == 0 ? 0 : cdb[0]) % s_functions.Length];
            _managed.Add(host.ManageAsync(function, referencedTag: cdb.Length < 2 ? 0u : cdb[1]));
            Pump();
            return;
        }
        var dataOut = reader.Block().ToArray();
        var dataIn = new byte[Math.Min((int)reader.UInt16(), DataInMax)];
        if (cdb.Length is 0 or > 260) return;
        host.DataOutDelivery = s_deliveries[(choices >> 1 & 3) % s_deliveries.Length];
        var command = host.Start(new ScsiRequest(cdb)
        {
            DataOut = dataOut,
            DataIn = dataIn,
            Attribute = (TaskAttribute)(choices >> 3 & 3),
        });
        _started.Add((command, cdb, dataOut.Length, dataIn));
        Pump();
    }

    private void Pump()
    {
        for (var rounds = 0; rounds < 4; rounds++)
        {
            _jobs.Run();
            foreach (var host in _hosts) ((ManualLoop)host.Loop).Pump();
        }
    }

    private void Finish()
    {
        // An auto contingent allegiance lasts until it is cleared, and what it held back may establish the next.
        for (var rounds = 0; rounds <= _started.Count; rounds++)
        {
            foreach (var host in _hosts) _managed.Add(host.ManageAsync(TaskManagementFunction.ClearAca));
            if (SettledInTurns(HaveAllEnded)) break;
        }
        Settle(HaveAllEnded);
        foreach (var one in _started) Check(one.Command, one.Cdb, one.DataOut, one.DataIn);
        foreach (var managed in _managed)
            FuzzException.Unless(managed.IsCompleted, "a task management function never ends");
        FuzzException.Unless(_disk.FenceReason is null, $"the disk is fenced: {_disk.FenceReason}");
        foreach (var host in _hosts) host.Dispose();
        Settle(() => Array.TrueForAll(_hosts, host => host.IsClosed));
        foreach (var host in _hosts) FuzzException.Unless(host.IsClosed, "a session does not end");
        var offline = _disk.OfflineAsync(CancellationToken.None).AsTask();
        Settle(() => offline.IsCompleted);
        FuzzException.Unless(offline.IsCompleted, "no way offline");
        FuzzException.Unless(offline.GetAwaiter().GetResult().Succeeded, "not offline");
        FuzzException.Unless(_pool.DescribeLeases().Count == 0,
            $"left: {string.Join(", ", _pool.DescribeLeases())}");
    }

    private bool HaveAllEnded() =>
        _started.TrueForAll(one => one.Command.HasEnded) && _managed.TrueForAll(one => one.IsCompleted);

    private void Settle(Func<bool> done)
    {
        if (!SettledInTurns(done)) SpinWait.SpinUntil(() => Settled(done), Patience);
    }

    // An arrival may enable others that wait for theirs.
    private bool SettledInTurns(Func<bool> done)
    {
        for (var rounds = 0; rounds <= _started.Count; rounds++)
            if (Settled(done)) return true;
        return false;
    }

    private bool Settled(Func<bool> done)
    {
        foreach (var (command, _, _, _) in _started)
            if (!command.HasEnded && command.WaitsForDataOut) Deliver(command);
        Pump();
        return done();
    }

    // The nexus' loop is this thread, but only while it is pumped.
    private void Deliver(VirtualCommand command)
    {
        foreach (var host in _hosts)
            if (ReferenceEquals(host.Nexus, command.Nexus)) host.Loop.Post(new Delivery(command));
    }

    private static void Check(VirtualCommand command, byte[] cdb, int dataOut, byte[] dataIn)
    {
        var name = CdbDescription.Describe(cdb);
        FuzzException.Unless(command.HasEnded, $"never ends: {name}");
        if (!command.Answered) return;
        FuzzException.Unless(Enum.IsDefined(command.Status), $"no status: {name} {command.Status}");
        FuzzException.Unless(command.DataInLength <= dataIn.Length, $"a reply longer than its room: {name}");
        if (CommandSet.All.Find(cdb) is { AllocationLength: { } field } row && cdb.Length >= row.Layout.Length)
            FuzzException.Unless((ulong)command.DataInLength <= field.Get(cdb),
                $"a reply longer than ALLOCATION LENGTH: {name}");
        if (command.Status != ScsiStatus.CheckCondition) return;
        FuzzException.Unless(Sense.TryParse(command.Sense, out var sense), $"malformed sense data: {name}");
        _ = sense.Describe();
        if (!sense.TryGetFieldPointer(out var inCdb, out var at, out var bit)) return;
        FuzzException.Unless(bit is >= -1 and <= 7, $"field pointer to no bit: {name}, {bit}");
        FuzzException.Unless(at < (inCdb ? Math.Max(cdb.Length, 16) : dataOut),
            $"field pointer past the end: {name}, byte {at}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // A pool with leases out says so itself; it must not speak over what was found before.
        if (_pool.DescribeLeases().Count == 0) _pool.Dispose();
    }

    private sealed class Delivery(VirtualCommand command) : LoopWork
    {
        public override void Run() => command.DeliverDataOut();
    }

    // Work on the medium runs between the turns of the loops.
    private sealed class PumpedJobs : IJobQueue
    {
        private readonly Queue<BlockingJob> _posted = new();

        public void Post(BlockingJob job) => _posted.Enqueue(job);

        public void Run()
        {
            while (_posted.TryDequeue(out var job)) job.Run();
        }
    }

    // What survives, kept in memory: saves always succeed.
    private sealed class MemoryPersistence : ILuPersistence
    {
        private ReadOnlyMemory<byte> _state;

        public ValueTask<ReadOnlyMemory<byte>> LoadAsync(CancellationToken stop) => new(_state);

        public void Save(ReadOnlyMemory<byte> state, SaveRequest request)
        {
            _state = state.ToArray();
            request.Finish(succeeded: true);
        }
    }
}
