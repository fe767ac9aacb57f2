using Lunette.Port.Virtual;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests.TaskModel;

/// <summary>
/// A disk and the oracle beside it: each step is done to both, and after each everything that can be seen is compared.
/// </summary>
internal sealed class ModelRun
{
    private const int TasksMax = 12;
    private const int TasksPerNexusMax = 5;

    private readonly DiskRig _rig;
    private readonly HoldingStore _medium;
    private readonly VirtualInitiator[] _hosts;
    private readonly TaskOracle _oracle;
    private readonly List<(OracleTask Expected, VirtualCommand Command, byte[] DataIn)> _open = [];
    private readonly List<(OracleFunction Expected, Task<ServiceResponse> Function)> _functions = [];
    private int _numbers;

    private ModelRun(DiskRig rig, int hosts)
    {
        _rig = rig;
        _medium = (HoldingStore)rig.Disk.OpenStore!.Push(store => new HoldingStore(store))!;
        _hosts = [rig.Host, .. Enumerable.Range(1, hosts - 1).Select(_ => rig.Login())];
        _oracle = new TaskOracle(hosts, TasksMax, TasksPerNexusMax);
    }

    private ISet<Ending>? Seen { get; init; }

    /// <summary>Runs steps; what goes wrong is told by the exception, and <paramref name="done"/> counts on.</summary>
    public static async Task RunAsync(int hosts, IEnumerable<Func<TaskOracle, ModelStep>> steps, Action<ModelStep> done,
        ISet<Ending>? seen = null)
    {
        var options = DiskRig.Options();
        var rig = await DiskRig.StartAsync(options with
        {
            Unit = options.Unit with { TaskSetDepth = TasksMax, TasksPerNexus = TasksPerNexusMax },
        });
        var run = new ModelRun(rig, hosts) { Seen = seen };
        try
        {
            foreach (var draw in steps)
            {
                var step = draw(run._oracle);
                done(step);
                run.Do(step);
                run.Compare();
            }
            run.Finish();
        }
        finally
        {
            run.LetGo();
        }
        await rig.DisposeAsync();
    }

    // Nothing stays in the medium, whatever has become of the run.
    private void LetGo()
    {
        _medium.Holds = false;
        foreach (var offset in _medium.Held.ToList()) ((ManualLoop)_medium.LetOut(offset, fails: false)).Pump();
    }

    private void Do(ModelStep step)
    {
        switch (step.Deed)
        {
            case <= Deed.PersistentReserveOut:
                Send(step);
                break;
            case Deed.DeliverData:
                Deliver(step);
                break;
            case Deed.EndInMedium or Deed.FailInMedium:
                if (Pick(step, task => task.InMedium) is { } task) LetOut(task, step.Deed == Deed.FailInMedium);
                break;
            case Deed.Manage:
                Manage(step);
                break;
            default:
                _rig.Disk.EstablishAttention(AdditionalSense.CapacityDataHasChanged);
                _oracle.CapacityChanges();
                break;
        }
    }

    private void Send(ModelStep step)
    {
        var task = new OracleTask(_numbers++, step);
        var (cdb, dataOut, room) = ModelCommand.Of(
            task, to => TransportId.Iscsi(_hosts[to].Nexus.Initiator.Name, 1));
        var dataIn = new byte[room];
        var host = _hosts[step.Host];
        host.DataOutDelivery = step.Deed == Deed.WriteAskedFor ? DataOutDelivery.Held : DataOutDelivery.Immediate;
        var command = host.Start(new ScsiRequest(cdb)
        {
            DataOut = dataOut,
            DataIn = dataIn,
            Attribute = step.Attribute,
            Priority = step.Priority,
        });
        _open.Add((task, command, dataIn));
        Pump(step.Host);
        _oracle.Submit(task);
    }

    private void Deliver(ModelStep step)
    {
        if (Pick(step, task => task.WaitsForData) is not { } task) return;
        var command = _open.Single(open => open.Expected == task).Command;
        _hosts[task.Host].Loop.Post(new Delivery(command));
        Pump(task.Host);
        _oracle.Deliver(task);
    }

    private void LetOut(OracleTask task, bool fails)
    {
        _medium.LetOut(task.Lba * 512L, fails);
        Pump(task.Host);
        _oracle.LetOut(task, fails);
    }

    private void Manage(ModelStep step)
    {
        // A tag is the nexus' own: it cannot name another's task. Now and then it names none.
        var referenced = step.Index % 8 == 0 ? null : Pick(step, task => task.Host == step.Host);
        var tag = _open.FirstOrDefault(open => open.Expected == referenced).Command?.Tag ?? ulong.MaxValue;
        var function = _hosts[step.Host].ManageAsync(step.Function, referencedTag: tag);
        Pump(step.Host);
        _functions.Add((_oracle.Manage(step.Host, step.Function, referenced), function));
    }

    private OracleTask? Pick(ModelStep step, Func<OracleTask, bool> fits)
    {
        var tasks = _oracle.Set.Where(fits).OrderBy(task => task.Number).ToList();
        return tasks.Count == 0 ? null : tasks[step.Index % tasks.Count];
    }

    private void Pump(int first)
    {
        ((ManualLoop)_hosts[first].Loop).Pump();
        while (_hosts.Any(host => !((ManualLoop)host.Loop).IsIdle))
            foreach (var host in _hosts) ((ManualLoop)host.Loop).Pump();
    }

    private void Compare()
    {
        foreach (var (expected, command, dataIn) in _open.ToList())
        {
            Assert.True(expected.End is not null == command.HasEnded,
                $"{expected.Step}: expected {expected.End}, ended {command.HasEnded} {command.Status}");
            if (expected.End is null) continue;
            Assert.Equal((expected.Step, expected.End), (expected.Step, EndingOf(command)));
            if (expected.Reported is { } reported) Assert.Equal(reported, ModelCommand.SenseOf(dataIn, command));
            Seen?.Add(expected.End);
            _open.RemoveAll(open => open.Expected == expected);
        }
        foreach (var (expected, function) in _functions.ToList())
        {
            var response = function.IsCompletedSuccessfully ? function.Result : (ServiceResponse?)null;
            Assert.Equal(expected.Response, response);
            if (response is not null) _functions.RemoveAll(open => open.Function == function);
        }
        var inMedium = _oracle.Set.Where(task => task.InMedium).Select(task => task.Lba * 512L);
        Assert.Equal(inMedium.Order(), _medium.Held.Order());
        Assert.Equal(_oracle.Set.Count, _rig.Disk.TaskCount);
        CompareReservations();
    }

    private void CompareReservations()
    {
        var (said, is_) = (_oracle.Reservations, _rig.Disk.Reservations);
        Assert.Equal(said.Keys.Where(key => key != 0).Order(), is_.Registrants.Select(r => r.Key).Order());
        Assert.Equal((said.Type, said.Generation), (is_.Type, is_.Generation));
    }

    // Everything comes to an end once the medium lets go and the allegiances are cleared.
    private void Finish()
    {
        for (var turn = 0; turn < 100 && _open.Count > 0; turn++)
        {
            for (var host = 0; host < _hosts.Length; host++)
            {
                Do(new ModelStep(Deed.Manage, host) { Function = TaskManagementFunction.ClearAca });
                Do(new ModelStep(Deed.DeliverData, host));
                Do(new ModelStep(Deed.EndInMedium, host));
            }
            Compare();
        }
        Assert.Empty(_open);
        Assert.Empty(_functions);
    }

    private static Ending EndingOf(VirtualCommand command)
    {
        if (!command.Answered) return Ending.Unanswered;
        var data = command.Sense;
        if (data.IsEmpty) return Ending.Of(command.Status);
        Assert.True(Sense.TryParse(data, out var sense), "sense data that cannot be read");
        return new Ending(true, command.Status, sense.Key, sense.Code, Descriptor: (data[0] & 0x7F) >= 0x72);
    }

    private sealed class Delivery(VirtualCommand command) : LoopWork
    {
        public override void Run() => command.DeliverDataOut();
    }
}
