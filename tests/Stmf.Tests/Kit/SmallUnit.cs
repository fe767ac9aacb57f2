using System.Collections.Concurrent;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Stmf.Tests.Kit;

/// <summary>
/// A logical unit that keeps state of each nexus, answers TEST UNIT READY, and holds every other command until it is
/// aborted or let go: enough to see what the framework does to tasks and nexuses.
/// </summary>
internal sealed class SmallUnit(LogicalUnitId id) : LogicalUnit
{
    private readonly Lock _gate = new();
    private readonly List<ScsiTask> _held = [];
    private readonly Dictionary<TaskManagementRequest, HashSet<ScsiTask>> _waiting = [];

    public SmallUnit(int number) : this(IdOf(number))
    {
    }

    public static LogicalUnitId IdOf(int number) => new(0x6000_0000_0000_0000, (ulong)number);

    public override LogicalUnitId Id => id;
    public override string Alias => id.ToString();
    public override string ProviderName => "small";

    /// <summary>What the next online and offline requests come to; waits as long as the test likes.</summary>
    public Func<ValueTask<ControlResult>> WhenOnline { get; set; } = () => new(ControlResult.Success);
    public Func<CancellationToken, ValueTask<ControlResult>> WhenOffline { get; set; } =
        _ => new(ControlResult.Success);

    /// <summary>Whether task management functions are answered at all.</summary>
    public bool LetsGo { get; set; } = true;

    public ConcurrentQueue<TaskManagementFunction> Managed { get; } = [];
    public ConcurrentQueue<ItNexus> Unmapped { get; } = [];
    public int HeldCount
    {
        get
        {
            lock (_gate) return _held.Count;
        }
    }

    public override void Submit(ScsiTask task)
    {
        if (task.Nexus.FindState(Slot) is null) task.Nexus.SetState(Slot, this);
        if (task.Cdb[0] == 0x00)
        {
            task.Complete(ScsiStatus.Good);
            return;
        }
        lock (_gate) _held.Add(task);
    }

    public override void DataOutArrived(ScsiTask task, DataOutOutcome outcome) => throw new NotSupportedException();

    public override void Continue(ScsiTask task)
    {
        if (task.AbortRequested) task.CompleteAborted(reportTaskAborted: false);
        else task.Complete(ScsiStatus.Good);
        List<TaskManagementRequest> answered = [];
        lock (_gate)
        {
            _held.Remove(task);
            foreach (var (request, tasks) in _waiting)
                if (tasks.Remove(task) && tasks.Count == 0) answered.Add(request);
            foreach (var request in answered) _waiting.Remove(request);
        }
        foreach (var request in answered) request.Complete(ServiceResponse.FunctionComplete);
    }

    public override void Manage(TaskManagementRequest request)
    {
        Managed.Enqueue(request.Function);
        List<ScsiTask> aborted = [];
        int affected;
        lock (_gate)
        {
            var everybody = request.Function == TaskManagementFunction.LogicalUnitReset;
            var tasks = _held.Where(t => everybody || t.Nexus == request.Nexus).ToHashSet();
            affected = tasks.Count;
            if (LetsGo)
            {
                aborted = Abort(tasks);
                if (affected > 0) _waiting.Add(request, tasks);
            }
        }
        foreach (var task in aborted) task.Nexus.Loop.Post(task);
        if (affected == 0) request.Complete(ServiceResponse.FunctionComplete);
        else if (!LetsGo) request.Complete(ServiceResponse.FunctionRejected);
    }

    public override void NexusUnmapped(ItNexus nexus)
    {
        Unmapped.Enqueue(nexus);
        lock (_gate)
        {
            if (!_held.Exists(t => t.Nexus == nexus)) nexus.SetState(Slot, null);
        }
    }

    private static List<ScsiTask> Abort(IEnumerable<ScsiTask> tasks)
    {
        var aborted = tasks.Where(t => !t.AbortRequested).ToList();
        foreach (var task in aborted) task.AbortRequested = true;
        return aborted;
    }

    public override ValueTask<ControlResult> OnlineAsync(CancellationToken stop) => WhenOnline();

    public override async ValueTask<ControlResult> OfflineAsync(CancellationToken stop)
    {
        List<ScsiTask> aborted;
        lock (_gate) aborted = Abort(_held);
        foreach (var task in aborted) task.Nexus.Loop.Post(task);
        return await WhenOffline(stop);
    }
}
