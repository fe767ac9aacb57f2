using Lunette.Admin.Adapters;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Scsi;

namespace Lunette.Admin;

/// <content>The verbs of the adapters and of the system error log.</content>
public sealed partial class Administrator
{
    private const int CommandLengthMin = 6;
    private const int CommandLengthMax = 32;
    private const int TimeoutSecondsMax = 24 * 3600;

    /// <summary>The adapters of this process; null where it hosts none.</summary>
    public AdapterHost? Adapters { get; init; }

    /// <inheritdoc/>
    public async ValueTask<StmfResult<IReadOnlyList<AdapterProperties>>> GetAdaptersAsync() => Adapters is null
        ? NoAdapters
        : new StmfResult<IReadOnlyList<AdapterProperties>>(StmfStatus.Success, await Adapters.ListAsync());

    /// <inheritdoc/>
    public ValueTask<StmfResult> ConfigureAdapterAsync(AdapterSettings settings) =>
        Adapters?.ConfigureAsync(settings) ?? new(NoAdapters);

    /// <inheritdoc/>
    public ValueTask<StmfResult> RemoveAdapterAsync(string name) => Adapters?.RemoveAsync(name) ?? new(NoAdapters);

    /// <inheritdoc/>
    public async ValueTask<StmfResult<IReadOnlyList<AdapterDevice>>> GetAdapterDevicesAsync(string name)
    {
        if (Adapters is null) return NoAdapters;
        var adapter = Adapters.Find(name);
        if (!adapter.Succeeded) return adapter.WithoutValue;
        var senders = Adapters.FindTargetMode(name).Value?.Describe() ?? [];
        return new(StmfStatus.Success, [.. (await adapter.Value!.DescribeAsync()).Select(queue => new AdapterDevice(
            queue.ScsiId, queue.Lun.Number, queue.State.ToString(), queue.Pending, queue.Active,
            [.. queue.Trail.Select(entry =>
                $"{entry.Transition.State} {entry.Transition.On} -> {entry.Transition.Next}")])), .. senders]);
    }

    /// <inheritdoc/>
    public async ValueTask<StmfResult<IReadOnlyList<AdapterFinding>>> DiscoverAdapterAsync(string name) =>
        Adapters is null ? NoAdapters : await Adapters.DiscoverAsync(name);

    /// <inheritdoc/>
    public async ValueTask<StmfResult<AdapterAnswer>> OperateAdapterAsync(AdapterOperationArguments operation)
    {
        if (Adapters is null) return NoAdapters;
        if (!Enum.IsDefined(operation.Operation) || operation.Lun is < 0 or > Lun.NumberMax)
            return new StmfResult(StmfStatus.InvalidArg, "there is no such operation, or no such logical unit number");
        if (operation.Operation >= AdapterOperationType.StartTarget)
        {
            var mode = Adapters.FindTargetMode(operation.Adapter);
            return mode.Succeeded ? await mode.Value!.OperateAsync(operation) : mode.WithoutValue;
        }
        var adapter = Adapters.Find(operation.Adapter);
        return adapter.Succeeded
            ? await AdapterOperations.OperateAsync(adapter.Value!, operation)
            : adapter.WithoutValue;
    }

    /// <inheritdoc/>
    public async ValueTask<StmfResult<AdapterAnswer>> SendAdapterCommandAsync(AdapterCommandArguments command)
    {
        if (Adapters is null) return NoAdapters;
        var mistake = FindMistake(command);
        if (mistake is not null) return new StmfResult(StmfStatus.InvalidArg, mistake);
        var adapter = Adapters.Find(command.Adapter);
        if (!adapter.Succeeded) return adapter.WithoutValue;
        return command.Entry == AdapterEntry.Strategy
            ? await AdapterOperations.QueueAsync(adapter.Value!, command)
            : await AdapterOperations.CommandAsync(adapter.Value!, command);
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<ErrorLogEntry>>> GetErrorLogAsync(ErrorLogFilter filter)
    {
        if (Adapters is null) return new(NoAdapters);
        if (ErrorLogView.FindMistake(filter) is { } mistake) return new(new StmfResult(StmfStatus.InvalidArg, mistake));
        return new(new StmfResult<IReadOnlyList<ErrorLogEntry>>(
            StmfStatus.Success, ErrorLogView.Select(Adapters.Errors.Entries, filter)));
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult<ulong>> ClearErrorLogAsync(DateTimeOffset? olderThan) =>
        Adapters is null ? new(NoAdapters) : new((ulong)Adapters.Errors.Clear(olderThan));

    private static string? FindMistake(AdapterCommandArguments command) => command switch
    {
        { Lun: < 0 or > Lun.NumberMax } => "there is no such logical unit number",
        { Cdb.Length: < CommandLengthMin or > CommandLengthMax } =>
            $"a CDB has {CommandLengthMin} to {CommandLengthMax} bytes",
        { DataInLength: < 0 or > AdapterCommandArguments.DataLengthMax }
            or { DataOut.Length: > AdapterCommandArguments.DataLengthMax } =>
            $"a command moves {AdapterCommandArguments.DataLengthMax} bytes at most",
        { DataInLength: > 0, DataOut.Length: > 0 } => "data goes one way",
        { TimeoutSeconds: < 1 or > TimeoutSecondsMax } => $"a command has 1 to {TimeoutSecondsMax} seconds",
        _ when !Enum.IsDefined(command.Entry) => "a command enters by ioctl or by strategy",
        _ => null,
    };

    private static StmfResult NoAdapters => new(StmfStatus.ServiceNotFound, "this process hosts no adapters");
}
