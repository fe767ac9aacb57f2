using Lunette.Adapter.Disks;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Paths;
using Lunette.Adapter.Transports;
using Lunette.Runtime.Loops;
using Lunette.Scsi;
using Lunette.Testing;

namespace Lunette.Adapter.Tests;

/// <summary>Requests of a disk that are cancelled: wherever they are they end, and nobody else does.</summary>
public sealed class DiskCancellationTests : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ManyPathRig _rig = new(paths: 1);
    private int _sent;                      // commands since the open, those of reservations aside

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task CancelledBefore_NothingIsSent()
    {
        var disk = await OpenAsync(new ScsiDiskOptions());
        await _stop.CancelAsync();
        await using var stream = disk.OpenStream();
        Func<Task>[] calls =
        [
            () => disk.ReadAsync(0, new byte[512], _stop.Token).AsTask(),
            () => disk.WriteAsync(0, new byte[512], _stop.Token).AsTask(),
            () => disk.FlushAsync(_stop.Token).AsTask(),
            () => disk.DiscardAsync(0, 1, _stop.Token).AsTask(),
            () => stream.ReadAsync(new byte[100], _stop.Token).AsTask(),
            () => stream.WriteAsync(new byte[100], _stop.Token).AsTask(),
            () => stream.FlushAsync(_stop.Token),
        ];
        foreach (var call in calls) await AssertCancelledAsync(call());
        Assert.Equal(0, _sent);
        await CloseAsync(disk);
    }

    [Fact]
    public async Task WaitsForItsTurn_EndsAtOnceAndIsNotSent()
    {
        var disk = await OpenAsync(new ScsiDiskOptions { QueueDepth = 1 });
        _rig.Answers[0] = static _ => Answer.Nothing;
        var first = disk.ReadAsync(0, new byte[512]).AsTask();
        var cancelled = Enumerable.Range(1, 3).Select(i => Read(disk, i)).ToArray();
        var others = Enumerable.Range(4, 2).Select(i => disk.ReadAsync((ulong)i, new byte[512]).AsTask()).ToArray();
        cancelled = [.. cancelled, Read(disk, 6)];
        _rig.Pump();
        await _stop.CancelAsync();
        foreach (var one in cancelled) Assert.True(one.IsCanceled, "ended without a turn of any loop");
        Assert.Single(_rig.Transports[0].Commands);
        Assert.Empty(_rig.Transports[0].Functions);
        AnswerAgain();
        await AssertDoneAsync([first, .. others]);
        Assert.Equal(3, _sent);
        await CloseAsync(disk);
    }

    [Fact]
    public async Task AtTheDevice_AbortedAloneAndEndsWithItsMemory()
    {
        var disk = await OpenAsync(new ScsiDiskOptions());
        _rig.Answers[0] = static _ => Answer.Nothing;
        _rig.Transports[0].OnManage = static _ => null;
        var before = disk.ReadAsync(0, new byte[512]).AsTask();
        var cancelled = Read(disk, 1);
        var after = disk.ReadAsync(2, new byte[512]).AsTask();
        _rig.Pump();
        var aborted = _rig.Transports[0].Commands[1];
        await _stop.CancelAsync();
        _rig.Pump();
        var abort = Assert.Single(_rig.Transports[0].Functions);
        Assert.Equal((TaskManagementFunction.AbortTask, aborted), (abort.Function, abort.Command));
        Assert.False(cancelled.IsCompleted);
        _rig.Transports[0].Answer(abort, TransportOutcome.Answered, ServiceResponse.FunctionComplete);
        await AssertCancelledAsync(cancelled);
        Assert.False(before.IsCompleted || after.IsCompleted);
        AnswerAgain();
        await AssertDoneAsync(before, after);
        Assert.Equal(3, _sent);
        await CloseAsync(disk);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AtTheDevice_AbortIsRefused_EndsAsTheCommandDoes(bool isGood)
    {
        var disk = await OpenAsync(new ScsiDiskOptions());
        _rig.Answers[0] = static _ => Answer.Nothing;
        _rig.Transports[0].OnManage = static _ => (TransportOutcome.Answered, ServiceResponse.FunctionRejected);
        var cancelled = Read(disk, 1);
        _rig.Pump();
        await _stop.CancelAsync();
        _rig.Pump();
        Assert.False(cancelled.IsCompleted);
        _rig.Answers[0] = isGood
            ? static _ => Answer.Good
            : static cdb => cdb[0] == 0x88
                ? Answer.Sense(SenseKey.MediumError, AdditionalSense.UnrecoveredReadError)
                : Answer.Good;
        _rig.ReleaseWaiting();
        if (isGood) await AssertDoneAsync(cancelled);
        else await AssertCancelledAsync(cancelled);
        // What its error parked was resumed.
        _rig.Answers[0] = static _ => Answer.Good;
        await _rig.RunAsync(disk.ReadAsync(3, new byte[512]));
        await CloseAsync(disk);
    }

    [Fact]
    public async Task BehindOthersAtTheAdapter_EndsAtOnceAndIsNotSent()
    {
        const int ActiveMax = 256;
        var disk = await OpenAsync(new ScsiDiskOptions { QueueDepth = ActiveMax + 4 });
        _rig.Answers[0] = static _ => Answer.Nothing;
        var others = Enumerable.Range(0, ActiveMax).Select(_ => disk.ReadAsync(0, new byte[512]).AsTask()).ToArray();
        var cancelled = Enumerable.Range(0, 3).Select(i => Read(disk, i)).ToArray();
        others = [.. others, disk.ReadAsync(0, new byte[512]).AsTask()];
        _rig.Pump();
        Assert.Equal(ActiveMax, _rig.Transports[0].Commands.Count);
        await _stop.CancelAsync();
        foreach (var one in cancelled) await AssertCancelledAsync(one);
        Assert.Empty(_rig.Transports[0].Functions);
        AnswerAgain();
        await AssertDoneAsync(others);
        await CloseAsync(disk);
    }

    [Fact]
    public async Task LeavesABusyDiskAlone_EndsAtOnce()
    {
        var disk = await OpenAsync(new ScsiDiskOptions { BusyDelay = TimeSpan.FromHours(1) });
        _rig.Answers[0] = static _ => new Answer(ScsiStatus.Busy, [], default, false);
        var cancelled = Read(disk, 1);
        _rig.Pump();
        await _stop.CancelAsync();
        await AssertCancelledAsync(cancelled);
        _rig.Answers[0] = static _ => Answer.Good;
        await _rig.RunAsync(disk.ReadAsync(3, new byte[512]));
        await CloseAsync(disk);
    }

    [Fact]
    public async Task WaitsForTheReservation_EndsAtOnce()
    {
        var disk = await OpenAsync(new ScsiDiskOptions { ReservePolicy = ReservePolicy.SinglePath });
        _rig.Answers[0] = static cdb => cdb[0] == 0x16 ? Answer.Nothing : Answer.Good;
        _rig.Once(0, Answer.Sense(SenseKey.UnitAttention, AdditionalSense.PowerOnResetOrBusDeviceResetOccurred));
        var met = Read(disk, 1);
        _rig.Pump();
        var held = Read(disk, 2);
        var goesOn = disk.ReadAsync(3, new byte[512]).AsTask();
        _rig.Pump();
        await _stop.CancelAsync();
        Assert.True(met.IsCanceled && held.IsCanceled && !goesOn.IsCompleted);
        AnswerAgain();
        await AssertDoneAsync(goesOn);
        Assert.Equal(2, _sent);
        await CloseAsync(disk);
    }

    [Fact]
    public async Task Stream_CancelledInTheMiddle_StaysWhereItWas()
    {
        var disk = await OpenAsync(new ScsiDiskOptions());
        await using var stream = disk.OpenStream();
        stream.Position = 700;
        _rig.Once(0, Answer.Good);
        _rig.Answers[0] = static _ => Answer.Nothing;
        var read = stream.ReadAsync(new byte[1000], _stop.Token).AsTask();
        _rig.Pump();
        await _stop.CancelAsync();
        await AssertCancelledAsync(read);
        Assert.Equal(700, stream.Position);
        AnswerAgain();
        await CloseAsync(disk);
    }

    [Fact]
    public async Task TokenThatCannotBeCancelled_AllocatesNothing()
    {
        var loop = new ManualLoop();
        var adapter = new ScsiAdapter(new AdapterAttributes { Name = "scsi0" }, loop, new ImmediateTransport(),
            new SystemErrorLog(TimeProvider.System));
        var opening = ScsiDisk.OpenAsync(adapter, 2, Lun.Zero, new ScsiDiskOptions { InlineContinuations = true });
        while (!opening.IsCompleted)
        {
            loop.Pump();
            await Task.Yield();
        }
        var disk = await opening;
        var block = new byte[512];
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                var read = disk.ReadAsync(7, block);
                loop.Pump();
                read.GetAwaiter().GetResult();
                var write = disk.WriteAsync(7, block, CancellationToken.None);
                loop.Pump();
                write.GetAwaiter().GetResult();
            }
        }));
    }

    private async Task<ScsiDisk> OpenAsync(ScsiDiskOptions options)
    {
        var disk = await _rig.OpenAsync(options);
        var heard = _rig.Transports[0].Started;
        _rig.Transports[0].Started = command =>
        {
            heard?.Invoke(command);
            if (command.Cdb[0] is not (0x16 or 0x17)) _sent++;
        };
        return disk;
    }

    private Task Read(ScsiDisk disk, int lba) => disk.ReadAsync((ulong)lba, new byte[512], _stop.Token).AsTask();

    private void AnswerAgain()
    {
        _rig.Answers[0] = static _ => Answer.Good;
        _rig.ReleaseWaiting();
    }

    private async Task AssertCancelledAsync(Task call)
    {
        await _rig.UntilAsync(() => call.IsCompleted);
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(_stop.Token, thrown.CancellationToken);
    }

    private async Task AssertDoneAsync(params Task[] calls)
    {
        await _rig.UntilAsync(() => calls.All(call => call.IsCompleted));
        await Task.WhenAll(calls);
    }

    private async Task CloseAsync(ScsiDisk disk)
    {
        await _rig.RunAsync(disk.DisposeAsync());
        Assert.DoesNotContain(_rig.Log.Entries, entry => entry.Label == ErrorLabel.DISK_ERR6);
    }

    // A disk that has done everything before it is asked twice.
    private sealed class ImmediateTransport : IAdapterTransport
    {
        public TransportDescription Description { get; } = new() { Kind = AdapterKind.Iscsi };

        public IReadOnlyList<TransportTarget> Targets => [new(2, "two")];

        public void Attach(Loop loop, ITransportObserver observer)
        {
        }

        public void Connect(TransportConnection connection) => connection.Complete(TransportOutcome.Answered);

        public void Start(TransportCommand command)
        {
            if (command.Cdb[0] == 0x9E) command.Data.CopyIn(0, [0, 0, 0, 0, 0, 0, 7, 255, 0, 0, 2, 0]);
            command.TransferredBytes = command.Data.Length;
            command.Complete(TransportOutcome.Answered);
        }

        public void Manage(TransportManagement management) => management.Complete(TransportOutcome.Answered);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
