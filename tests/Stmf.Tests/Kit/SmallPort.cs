using System.Globalization;
using Lunette.Runtime.Buffers;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Stmf.Tests.Kit;

/// <summary>
/// A target port whose initiators are in the test: going offline it asks each to log out, waits for those that do not,
/// and drops them at the deadline. Sessions live on manual loops the test pumps.
/// </summary>
internal sealed class SmallPort(string name, ITargetFramework framework, TimeProvider time) : TargetPort
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ItNexus, TaskCompletionSource> _sessions = [];
    private readonly HashSet<ItNexus> _closing = [];

    public override string Name => name;
    public override string PortName => name + ",t,0x0001";
    public override string Alias => "";
    public override string ProviderName => "small";
    public override byte ProtocolIdentifier => 5;

    /// <summary>Whether its initiators log out when they are asked.</summary>
    public bool InitiatorsLogOut { get; set; } = true;

    public Func<CancellationToken, ValueTask<ControlResult>> WhenOnline { get; set; } = _ => new(ControlResult.Success);
    public Func<ValueTask<ControlResult>> WhenOffline { get; set; } = () => new(ControlResult.Success);
    public Action WhenAcknowledged { get; set; } = () => { };
    public int Acknowledged { get; private set; }
    public List<string> Log { get; } = [];

    public ItNexus? Open(string initiator, Loop loop)
    {
        var from = new InitiatorPort(initiator, initiator + ",i,0x1", ReadOnlyMemory<byte>.Empty, "", "");
        var nexus = framework.OpenSession(this, from, loop);
        if (nexus is null) return null;
        lock (_gate) _sessions.Add(nexus, new(TaskCreationOptions.RunContinuationsAsynchronously));
        return nexus;
    }

    /// <summary>Whether commands may still come through the nexus: nobody has begun to close it.</summary>
    public bool Serves(ItNexus nexus)
    {
        lock (_gate) return _sessions.ContainsKey(nexus) && !_closing.Contains(nexus);
    }

    public Task CloseAsync(ItNexus nexus)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(nexus, out var closed)) return Task.CompletedTask;
            if (!_closing.Add(nexus)) return closed.Task;
            nexus.Loop.Post(new Work(() => framework.CloseSession(nexus, new Work(() =>
            {
                lock (_gate)
                {
                    _sessions.Remove(nexus);
                    _closing.Remove(nexus);
                }
                closed.TrySetResult();
            }))));
            return closed.Task;
        }
    }

    public override ValueTask<ControlResult> OnlineAsync(CancellationToken stop)
    {
        Log.Add("online");
        return WhenOnline(stop);
    }

    public override async ValueTask<ControlResult> OfflineAsync(TimeSpan deadline, CancellationToken stop)
    {
        // Armed before anybody can see that it has begun, and move the clock on.
        var dropping = InitiatorsLogOut ? Task.CompletedTask : Task.Delay(deadline, time, stop);
        Log.Add("offline " + deadline.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        ItNexus[] open;
        lock (_gate) open = [.. _sessions.Keys];
        if (!InitiatorsLogOut)
        {
            try
            {
                await dropping;
            }
            catch (OperationCanceledException)
            {
                Log.Add("stopped");
            }
            Log.Add("dropped");
        }
        await Task.WhenAll(open.Select(CloseAsync));
        return await WhenOffline();
    }

    public override void TransitionAcknowledged()
    {
        Acknowledged++;
        Log.Add("acknowledged");
        WhenAcknowledged();
    }
}

/// <summary>A delegate on a loop.</summary>
internal sealed class Work(Action run) : LoopWork
{
    public override void Run() => run();
}

/// <summary>A command of a test: no data, and how it ended.</summary>
internal sealed class SmallTask : ScsiTask
{
    public SmallTask(ItNexus nexus, Lun lun, byte operationCode)
    {
        Nexus = nexus;
        Lun = lun;
        Begin([operationCode, 0, 0, 0, 0, 0]);
    }

    public bool Answered { get; private set; }
    public override ReadOnlySpan<byte> ImmediateData => [];
    public override DataOutResult RequestDataOut(int length) => DataOutResult.NoBuffer;

    public override bool TryLeaseDataIn(int length, out Lease lease)
    {
        lease = default;
        return false;
    }

    protected override void OnEnded(bool answered) => Answered = answered;
}

/// <summary>A task management function of a test.</summary>
internal sealed class SmallRequest : TaskManagementRequest
{
    public bool Ended { get; private set; }
    protected override void Completed() => Ended = true;
}
