using System.Buffers.Binary;
using Lunette.Adapter.Disks;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Opening;
using Lunette.Adapter.Paths;
using Lunette.Adapter.Transports;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Adapter.Tests;

/// <summary>What a scripted target does with a command.</summary>
internal readonly record struct Answer(ScsiStatus Status, byte[] SenseBytes, TransportOutcome Outcome, bool Waits)
{
    public static Answer Good => new(ScsiStatus.Good, [], TransportOutcome.Answered, false);

    public static Answer Conflict => new(ScsiStatus.ReservationConflict, [], TransportOutcome.Answered, false);

    public static Answer Lost => new(default, [], TransportOutcome.ConnectionLost, false);

    public static Answer Nothing => new(default, [], default, true);

    public static Answer Sense(SenseKey key, AdditionalSense code)
    {
        var bytes = new byte[252];
        var length = new Sense(key, code).Write(bytes, descriptorFormat: false);
        return new(ScsiStatus.CheckCondition, bytes[..length], TransportOutcome.Answered, false);
    }
}

/// <summary>
/// One disk behind some paths, each an adapter on a scripted transport of its own; the far ends answer as the test
/// says. Each adapter has its loop, pumped by the test; what awaits a command goes on inside it.
/// </summary>
internal sealed class ManyPathRig
{
    private readonly ManualLoop?[] _loops;
    private readonly ScsiAdapter[] _adapters;
    private readonly Queue<Answer>[] _once;
    private readonly List<TransportCommand> _answered = [];

    public ManyPathRig(int paths, int maxTransferBytes = 1 << 20)
    {
        Transports = [.. Enumerable.Range(0, paths).Select(_ => new ScriptedTransport
        {
            Description = new() { Kind = AdapterKind.Parallel, MaxTransferBytes = maxTransferBytes },
            Started = command => _answered.Remove(command),
        })];
        _loops = [.. Transports.Select((_, i) => new ManualLoop("loop" + i))];
        _adapters = [.. Transports.Select((transport, i) =>
            new ScsiAdapter(new AdapterAttributes { Name = "scsi" + i }, _loops[i]!, transport, Log))];
        Seen = [.. Transports.Select(_ => new List<byte>())];
        _once = [.. Transports.Select(_ => new Queue<Answer>())];
        Answers = [.. Transports.Select(_ => (Func<byte[], Answer>)(static _ => Answer.Good))];
        Access = new AsymmetricAccessState?[paths];
    }

    public SystemErrorLog Log { get; } = new(TimeProvider.System);

    public StepClock Clock { get; } = new();

    public ScriptedTransport[] Transports { get; }

    /// <summary>Operation codes each path has carried.</summary>
    public List<byte>[] Seen { get; }

    public Func<byte[], Answer>[] Answers { get; }

    /// <summary>Access states the target reports for the ports; null where it has none.</summary>
    public AsymmetricAccessState?[] Access { get; }

    /// <summary>What the disk says of its blocks.</summary>
    public int BlockLengthBytes { get; set; } = 512;

    /// <summary>Standard INQUIRY data; none: a disk that does not say.</summary>
    public byte[] Inquiry { get; set; } = [];

    public void Once(int path, Answer answer) => _once[path].Enqueue(answer);

    public async Task<ScsiDisk> OpenAsync(ScsiDiskOptions options, OpenExtension extension = OpenExtension.None,
        int[]? priorities = null)
    {
        DiskPathOptions[] paths = [.. _adapters.Select((adapter, i) =>
            new DiskPathOptions(adapter, 2, Lun.Zero, priorities?[i] ?? i + 1))];
        return await RunAsync(ScsiDisk.OpenAsync(paths, options with { InlineContinuations = true }, extension));
    }

    /// <summary>Makes a path fail: nothing comes back on it until the test says otherwise.</summary>
    public void FailPath(ScsiDisk disk, int path)
    {
        Answers[path] = static _ => Answer.Lost;
        disk.Paths[path].State = PathState.Failed;
    }

    /// <summary>Ends the loop of a path's adapter; what is at its far end stays there.</summary>
    public void EndLoop(int path)
    {
        var loop = _loops[path]!;
        _loops[path] = null;
        loop.End();
    }

    /// <summary>Answers what was left waiting.</summary>
    public void ReleaseWaiting()
    {
        _answered.Clear();
        Pump();
    }

    /// <summary>Lets everything happen that happens by itself.</summary>
    public void Pump()
    {
        for (var quiet = 0; quiet < 4; quiet++)
        {
            foreach (var loop in _loops) loop?.Advance(TimeSpan.FromMilliseconds(10));
            for (var path = 0; path < Transports.Length; path++)
            {
                foreach (var command in Transports[path].Commands.Except(_answered).ToArray())
                {
                    Give(path, command);
                    quiet = 0;
                }
            }
        }
    }

    public async Task RunAsync(ValueTask work) => await RunAsync(Wrap(work));

    public async Task<T> RunAsync<T>(Task<T> work)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!work.IsCompleted)
        {
            Pump();
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(120), "no answer");
            await Task.Yield();
        }
        return await work;
    }

    /// <summary>Until something has happened.</summary>
    public async Task UntilAsync(Func<bool> happened)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!happened())
        {
            Pump();
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(120), "it did not happen");
            await Task.Yield();
        }
    }

    private static async Task<bool> Wrap(ValueTask work)
    {
        await work;
        return true;
    }

    private void Give(int path, TransportCommand command)
    {
        var cdb = command.Cdb.ToArray();
        if (IsData(cdb) || cdb[0] == 0x00) Seen[path].Add(cdb[0]);
        var answer = IsData(cdb) && _once[path].TryDequeue(out var once) ? once : Answers[path](cdb);
        if (answer.Waits)
        {
            _answered.Add(command);
            return;
        }
        command.Status = answer.Status;
        command.SetSense(answer.SenseBytes);
        // What was recovered was done.
        var isDone = answer.Status == ScsiStatus.Good
            || Sense.TryParse(answer.SenseBytes, out var sense) && sense.Key == SenseKey.RecoveredError;
        var data = isDone ? DataOf(path, cdb) : [];
        command.TransferredBytes = command.Direction == TransferDirection.In
            ? command.Data.CopyIn(0, data.AsSpan(0, Math.Min(data.Length, command.Data.Length)))
            : command.Data.Length;
        Transports[path].End(command, answer.Outcome);
    }

    // Not what an open or a health check asks beside TEST UNIT READY.
    private static bool IsData(byte[] cdb) => cdb[0] is not (0x00 or 0x12 or 0x9E or 0xA3);

    private byte[] DataOf(int path, byte[] cdb)
    {
        if (cdb[0] == 0x9E)
        {
            var capacity = new byte[32];
            BinaryPrimitives.WriteUInt64BigEndian(capacity, 2047);
            BinaryPrimitives.WriteInt32BigEndian(capacity.AsSpan(8), BlockLengthBytes);
            return capacity;
        }
        if (cdb[0] == 0x88) return new byte[512];
        if (cdb[0] == 0x12 && cdb[1] == 0) return Inquiry;
        if (Access[path] is not { } access) return [];
        // The designator of the port's group; one group with its state.
        return cdb[0] == 0x12
            ? [0, 0x83, 0, 8, 0x51, 0x15, 0, 4, 0, 0, 0, (byte)(path + 1)]
            : [0, 0, 0, 8, (byte)access, 0, 0, (byte)(path + 1), 0, 0, 0, 0];
    }
}

/// <summary>A clock whose timers fire when the test moves it.</summary>
internal sealed class StepClock : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private long _now;

    public override long GetTimestamp() => _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state) { Due = _now + dueTime.Ticks, Period = period.Ticks };
        _timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        _now += by.Ticks;
        foreach (var timer in _timers.ToArray())
        {
            while (timer.Due <= _now)
            {
                timer.Due += timer.Period;
                timer.Fire();
            }
        }
    }

    private sealed class Timer(StepClock clock, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; set; }

        public long Period { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            (Due, Period) = (clock._now + dueTime.Ticks, period.Ticks);
            return true;
        }

        public void Dispose() => clock._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
