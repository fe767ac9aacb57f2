using Lunette.Scsi;
using Lunette.Testing.Reservations;

namespace Lunette.Lu.Disk.Tests.TaskModel;

/// <summary>
/// A logical unit's task manager and device server by the tables of SAM-6 and SPC-6, written out over plain lists:
/// who may enter, who is enabled, what aborts whom, and who hears of it. It knows nothing of the product but this: a
/// task that is in the medium stays there until let out; what is enabled later starts on the loop of its nexus, in the
/// order in which it was enabled; one command at a time changes reservations and mode pages.
/// </summary>
internal sealed partial class TaskOracle(int hosts, int tasksMax, int tasksPerNexusMax)
{
    // SAM-6, Unit attention condition precedence: resets, then the loss of the nexus. The others are equal there; the
    // order is the product's.
    private static readonly AdditionalSense[] s_precedence =
    [
        AdditionalSense.BusDeviceResetFunctionOccurred, AdditionalSense.ItNexusLossOccurred,
        AdditionalSense.CapacityDataHasChanged, AdditionalSense.RegistrationsPreempted,
        AdditionalSense.ReservationsPreempted, AdditionalSense.ReservationsReleased,
        AdditionalSense.CommandsClearedByAnotherInitiator, AdditionalSense.ModeParametersChanged,
        (AdditionalSense)0x2C07, (AdditionalSense)0x2C08, (AdditionalSense)0x2C09,
    ];

    private readonly Queue<Action>[] _loops = [.. Enumerable.Range(0, hosts).Select(_ => new Queue<Action>())];
    private readonly HashSet<int> _faulted = [];
    private readonly List<OracleFunction> _functions = [];
    private ControlFields _control = new();
    private int? _spc2Holder;

    /// <summary>The attentions that may be owed, what is told first first.</summary>
    public static IReadOnlyList<AdditionalSense> Precedence => s_precedence;

    /// <summary>The task set, oldest first.</summary>
    public List<OracleTask> Set { get; } = [];

    public ReservationOracle Reservations { get; } = new(hosts);

    public ControlFields Control => _control;

    public bool IsFaulted(int host) => _faulted.Contains(host);

    public bool Owes(int host) => Reservations.Owed[host].Count > 0;

    /// <summary>A command arrives.</summary>
    public void Submit(OracleTask task)
    {
        if (FindObstacle(task) is { } obstacle)
        {
            task.End = obstacle;
            NoteEnding(task);
        }
        else
        {
            task.PassesAca = AcaConcerns(task.Host);
            if (task.Attribute == TaskAttribute.HeadOfQueue) Set.Insert(0, task);
            else Set.Add(task);
            if (!IsBlocked(task))
            {
                task.Enabled = true;
                CarryOut(task);
            }
        }
        Settle(task.Host);
    }

    /// <summary>Data-Out of a task arrives.</summary>
    public void Deliver(OracleTask task)
    {
        (task.WaitsForData, task.InMedium) = (false, true);
        Settle(task.Host);
    }

    /// <summary>The medium lets a task out.</summary>
    public void LetOut(OracleTask task, bool fails)
    {
        task.InMedium = false;
        Complete(task, !fails ? Ending.Good : Ending.Check(SenseKey.MediumError, task.Step.Deed == Deed.Read
            ? AdditionalSense.UnrecoveredReadError
            : AdditionalSense.WriteError));
        Settle(task.Host);
    }

    public void CapacityChanges()
    {
        for (var host = 0; host < hosts; host++) Owe(host, AdditionalSense.CapacityDataHasChanged);
    }

    private bool AcaConcerns(int host) => _control.TaskSetPerNexus ? IsFaulted(host) : _faulted.Count > 0;

    private void Owe(int host, AdditionalSense code) => Reservations.Owed[host].Add(code);

    private AdditionalSense FirstOwed(int host) => s_precedence.First(Reservations.Owed[host].Contains);

    // Every loop does what it was asked for, that of the acting nexus first, until there is nothing left.
    private void Settle(int first)
    {
        Drain(first);
        while (_loops.Any(loop => loop.Count > 0))
            for (var host = 0; host < hosts; host++) Drain(host);
    }

    private void Drain(int host)
    {
        while (_loops[host].TryDequeue(out var work)) work();
    }

    // SAM-6, Task attributes and Auto contingent allegiance: oldest first. What is enabled together starts by command
    // priority, 1 to 15 and then those that have none, behind all that is not SIMPLE.
    private void Enable()
    {
        List<OracleTask> enabled = [];
        foreach (var task in Set)
        {
            if (task.Enabled || task.Called || IsBlocked(task)) continue;
            task.Enabled = true;
            enabled.Add(task);
        }
        foreach (var task in enabled.OrderBy(RankOf)) Call(task);
    }

    private static int RankOf(OracleTask task) => (task.Attribute, task.Step.Priority) switch
    {
        (not TaskAttribute.Simple, _) => 0,
        (_, 0) => 16,
        (_, var priority) => priority,
    };

    private bool IsBlocked(OracleTask task)
    {
        if (task.Attribute == TaskAttribute.Aca) return false;
        if (AcaConcerns(task.Host) && !task.PassesAca) return true;
        if (task.Configures && Set.Any(other => other.Enabled && other.Configures)) return true;
        var older = Set.TakeWhile(other => other != task)
            .Where(other => !_control.TaskSetPerNexus || other.Host == task.Host);
        return task.Attribute switch
        {
            TaskAttribute.HeadOfQueue => false,
            TaskAttribute.Ordered => older.Any(),
            _ => older.Any(other => other.Attribute != TaskAttribute.Simple),
        };
    }

    private void Call(OracleTask task)
    {
        task.Called = true;
        _loops[task.Host].Enqueue(() =>
        {
            if (task.Aborted) Leave(task);
            else CarryOut(task);
        });
    }
}
