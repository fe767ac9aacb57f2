using System.Collections.Concurrent;
using Lunette.Adapter.Transports;
using Lunette.Runtime.Loops;
using Lunette.Scsi;

namespace Lunette.Adapter.SgIo;

/// <summary>A Linux SCSI device bound to an address.</summary>
/// <param name="ScsiId">The SCSI ID.</param>
/// <param name="Lun">The logical unit.</param>
/// <param name="Path">Such as <c>/dev/sg0</c>.</param>
public sealed record SgIoBinding(ulong ScsiId, Lun Lun, string Path);

/// <summary>
/// The adapter's way to devices the Linux kernel drives, by the SG_IO ioctl. The ioctl blocks, so a few workers carry
/// the commands. It cannot abort a task: ABORT TASK and ABORT TASK SET are refused, and recovery goes on with resets.
/// </summary>
public sealed class SgIoTransport : IAdapterTransport
{
    private const int HeldMax = 4096;
    private const int KernelCdbLengthMax = 32;
    private const int DeviceReset = 1;
    private const int BusReset = 2;
    private const int TargetReset = 4;

    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    private readonly Dictionary<(ulong, Lun), (SgIoBinding Binding, SgIoDevice? Device)> _devices = [];
    private readonly BlockingCollection<TransportRequest> _commands = new(HeldMax);
    private readonly BlockingCollection<TransportRequest> _functions = new(HeldMax);
    private readonly Task _worked;
    private int _closed;

    /// <summary>Makes a transport.</summary>
    /// <param name="bindings">The devices by address; one that cannot be opened does not answer.</param>
    /// <param name="workers">Commands carried out at once.</param>
    public SgIoTransport(IEnumerable<SgIoBinding> bindings, int workers = 8) : this(bindings, workers, SgFile.TryOpen)
    {
    }

    internal SgIoTransport(IEnumerable<SgIoBinding> bindings, int workers, Func<string, ISgFile?> open)
    {
        foreach (var binding in bindings)
        {
            _devices.Add((binding.ScsiId, binding.Lun),
                (binding, open(binding.Path) is { } file ? new SgIoDevice(file) : null));
        }
        // One more for the resets: they must get through when every other waits in the kernel.
        _worked = Task.WhenAll([.. Enumerable.Range(0, workers + 1)
            .Select(i => StartWorker("sg" + i, i == 0 ? _functions : _commands))]);
    }

    /// <summary>
    /// What stands against a path: null where a SCSI device is, or where nothing is yet: a device may come later.
    /// </summary>
    public static string? FindFault(string path)
    {
        if (!Path.Exists(path)) return null;
        using var device = SgFile.TryOpen(path, out var fault);
        return fault;
    }

    /// <inheritdoc/>
    public TransportDescription Description { get; } =
        new() { Kind = AdapterKind.Sas, MaxTransferBytes = 512 << 10, CdbLengthMax = KernelCdbLengthMax };

    /// <inheritdoc/>
    public IReadOnlyList<TransportTarget> Targets =>
        [.. _devices.Values.DistinctBy(device => device.Binding.ScsiId)
            .Select(device => new TransportTarget(device.Binding.ScsiId, device.Binding.Path))];

    /// <inheritdoc/>
    public void Attach(Loop loop, ITransportObserver observer)
    {
    }

    /// <inheritdoc/>
    public void Connect(TransportConnection connection) => connection.Complete(
        Find(connection) is null ? TransportOutcome.NoDevice : TransportOutcome.Answered);

    /// <inheritdoc/>
    public void Start(TransportCommand command) => Enter(_commands, command);

    /// <inheritdoc/>
    public void Manage(TransportManagement management) => Enter(_functions, management);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            await _worked.ConfigureAwait(false);
            return;
        }
        _commands.CompleteAdding();
        _functions.CompleteAdding();
        await _worked.ConfigureAwait(false);
        foreach (var (_, device) in _devices.Values) device?.Dispose();
    }

    private SgIoDevice? Find(TransportRequest request) =>
        _devices.GetValueOrDefault((request.ScsiId, request.Lun)).Device;

    private void Enter(BlockingCollection<TransportRequest> queue, TransportRequest request)
    {
        if (Find(request) is null)
        {
            request.Complete(TransportOutcome.NoDevice);
            return;
        }
        try
        {
            if (!queue.TryAdd(request)) request.Complete(TransportOutcome.NoMemory);
        }
        catch (InvalidOperationException)
        {
            request.Complete(TransportOutcome.NoDevice);        // closed meanwhile
        }
    }

    // A worker that is in the kernel ends when the command does.
    private Task StartWorker(string name, BlockingCollection<TransportRequest> queue)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var worker = new Thread(() =>
        {
            Work(queue);
            ended.SetResult();
        })
        {
            IsBackground = true,
            Name = name,
        };
        worker.Start();
        return ended.Task;
    }

    private void Work(BlockingCollection<TransportRequest> queue)
    {
        foreach (var request in queue.GetConsumingEnumerable()) Carry(request);
    }

    private void Carry(TransportRequest request)
    {
        var device = Find(request)!;
        if (request is TransportCommand command) command.Complete(Execute(device, command));
        else if (request is TransportManagement management) Reset(device, management);
    }

    private static TransportOutcome Execute(SgIoDevice device, TransportCommand command)
    {
        // The adapter keeps the time; the kernel's own time-out is only a last resort.
        if (command.Data.TryGetWhole(out var whole)) return device.Execute(command, whole.Span, s_longest);
        var gathered = new byte[command.Data.Length];
        if (command.Direction == TransferDirection.Out) command.Data.CopyOut(gathered);
        var outcome = device.Execute(command, gathered, s_longest);
        if (command.Direction == TransferDirection.In)
            command.Data.CopyIn(0, gathered.AsSpan(0, command.TransferredBytes));
        return outcome;
    }

    private static void Reset(SgIoDevice device, TransportManagement management)
    {
        var kind = management.Function switch
        {
            TaskManagementFunction.LogicalUnitReset => DeviceReset,
            TaskManagementFunction.TargetWarmReset => TargetReset,
            TaskManagementFunction.ItNexusReset => BusReset,
            _ => 0,
        };
        management.Response = kind != 0 && device.TryReset(kind)
            ? ServiceResponse.FunctionComplete
            : ServiceResponse.FunctionRejected;
        management.Complete(TransportOutcome.Answered);
    }
}
