using System.Collections.Immutable;
using Lunette.Adapter;
using Lunette.Adapter.ErrorLog;
using Lunette.Adapter.Opening;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Admin.Storage;
using Lunette.Runtime;
using Lunette.Stmf.Configuration;
using Microsoft.Extensions.Logging;
using StmfResult = Lunette.Admin.Contracts.StmfResult;

namespace Lunette.Admin.Adapters;

/// <summary>
/// The adapters of this process: what the administrator said of them, and those that run. A change is judged, kept, and
/// then carried out; an adapter that cannot run keeps its definition and says why.
/// </summary>
/// <param name="store">Keeps the definitions.</param>
/// <param name="secrets">Keeps their secrets.</param>
/// <param name="transports">Makes transports.</param>
/// <param name="errors">The system error log all adapters write to.</param>
/// <param name="entropy">For names that are generated.</param>
/// <param name="namingAuthority">What generated iSCSI names begin with.</param>
/// <param name="log">Hears of adapters that do not run, and of entries of the error log.</param>
public sealed partial class AdapterHost(
    AdapterStore store, SecretStore secrets, IAdapterTransports transports, SystemErrorLog errors, IEntropy entropy,
    string namingAuthority, ILogger<AdapterHost> log) : IAsyncDisposable
{
    /// <summary>Adapters there may be.</summary>
    public const int AdaptersMax = 256;

    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly AdapterDirectory _directory = new();
    private ImmutableSortedDictionary<string, HostedAdapter> _adapters =
        ImmutableSortedDictionary.Create<string, HostedAdapter>(StringComparer.Ordinal);

    /// <summary>The adapters that run, by the names of their special files.</summary>
    public AdapterDirectory Directory => _directory;

    /// <summary>The system error log.</summary>
    public SystemErrorLog Errors => errors;

    /// <summary>Brings up every adapter that is configured.</summary>
    public async Task StartAsync()
    {
        errors.Written += Written;
        foreach (var definition in store.Load()) await BringUpAsync(definition);
        SweepSecrets();
    }

    /// <summary>All adapters, as configured and as they are.</summary>
    public async ValueTask<IReadOnlyList<AdapterProperties>> ListAsync()
    {
        var list = new List<AdapterProperties>();
        foreach (var hosted in Volatile.Read(ref _adapters).Values)
        {
            var started = hosted.Adapter is { } adapter ? (await adapter.DescribeAsync()).Count : 0;
            list.Add(new(hosted.Definition.Name, hosted.Definition.Transport, hosted.Definition.InitiatorName,
                [.. hosted.Definition.Targets.Select(Show)], started, hosted.Fault));
        }
        return list;
    }

    /// <summary>Makes an adapter, or makes it anew.</summary>
    public async ValueTask<StmfResult> ConfigureAsync(AdapterSettings settings)
    {
        await _changing.WaitAsync();
        try
        {
            _adapters.TryGetValue(settings.Name, out var old);
            if (old is null && _adapters.Count >= AdaptersMax)
                return new(StmfStatus.NoMem, $"there are {AdaptersMax} adapters already");
            if (await IsInUseAsync(old)) return InUse(settings.Name);
            var judged = new AdapterJudge(secrets, entropy, namingAuthority).Judge(settings, old?.Definition);
            if (!judged.Succeeded) return judged.WithoutValue;
            store.Save(judged.Value!);
            if (old is not null) await TakeDownAsync(old);
            var broughtUp = await BringUpAsync(judged.Value!);
            SweepSecrets();
            return broughtUp;
        }
        catch (ConfigStoreException failed)
        {
            return new(StmfStatus.Error, failed.Message);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Takes an adapter away.</summary>
    public async ValueTask<StmfResult> RemoveAsync(string name)
    {
        await _changing.WaitAsync();
        try
        {
            if (!_adapters.TryGetValue(name, out var old)) return NotFound(name);
            if (await IsInUseAsync(old)) return InUse(name);
            store.Remove(name);
            await TakeDownAsync(old);
            SweepSecrets();
            return StmfResult.Success;
        }
        catch (ConfigStoreException failed)
        {
            return new(StmfStatus.Error, failed.Message);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>A running adapter.</summary>
    public StmfResult<ScsiAdapter> Find(string name)
    {
        if (_directory.Find(name) is { } adapter) return new(StmfStatus.Success, adapter);
        return Volatile.Read(ref _adapters).TryGetValue(name, out var hosted)
            ? new StmfResult(StmfStatus.ServiceOffline, $"adapter {name} does not run: {hosted.Fault}")
            : NotFound(name);
    }

    /// <summary>The target side of a running adapter.</summary>
    internal StmfResult<AdapterTargetMode> FindTargetMode(string name)
    {
        var adapter = Find(name);
        if (!adapter.Succeeded) return adapter.WithoutValue;
        return Volatile.Read(ref _adapters).TryGetValue(name, out var hosted) && hosted.TargetMode is { } mode
            ? new StmfResult<AdapterTargetMode>(StmfStatus.Success, mode)
            : new StmfResult(StmfStatus.InvalidArg, $"{name} has no target mode: virtual adapters have");
    }

    /// <summary>Asks every target of an adapter what it has.</summary>
    public async ValueTask<StmfResult<IReadOnlyList<AdapterFinding>>> DiscoverAsync(string name)
    {
        var adapter = Find(name);
        if (!adapter.Succeeded) return adapter.WithoutValue;
        return Volatile.Read(ref _adapters).TryGetValue(name, out var hosted)
            ? new StmfResult<IReadOnlyList<AdapterFinding>>(
                StmfStatus.Success, await new AdapterDiscovery(adapter.Value!, hosted.Definition).RunAsync())
            : NotFound(name);
    }

    /// <summary>Ends every adapter; their definitions stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await _changing.WaitAsync();
        errors.Written -= Written;
        foreach (var hosted in _adapters.Values) await TakeDownAsync(hosted);
        _changing.Dispose();
    }

    private async Task<StmfResult> BringUpAsync(AdapterDefinition definition)
    {
        var opened = await transports.OpenAsync(definition);
        var hosted = new HostedAdapter(definition, null, null, opened.Succeeded ? null : opened.ToString());
        if (opened.Succeeded)
        {
            var side = opened.Value!.TargetSide;
            var attributes = new AdapterAttributes { Name = definition.Name, TargetModeEnabled = side is not null };
            var adapter = new ScsiAdapter(attributes, opened.Value.Loop, opened.Value.Transport, errors);
            hosted = hosted with
            {
                Adapter = adapter,
                CloseAsync = opened.Value.CloseAsync,
                TargetMode = side is null ? null : new AdapterTargetMode(adapter, side),
            };
            Invariant.That(_directory.TryAdd(adapter), "an adapter's name is lawful and its own");
        }
        else
        {
            LogNotRunning(definition.Name, opened.ToString());
        }
        Volatile.Write(ref _adapters, _adapters.SetItem(definition.Name, hosted));
        return opened.WithoutValue;
    }

    private async Task TakeDownAsync(HostedAdapter hosted)
    {
        Volatile.Write(ref _adapters, _adapters.Remove(hosted.Definition.Name));
        if (_directory.TryRemove(hosted.Definition.Name, out var adapter)) await adapter.DisposeAsync();
        hosted.TargetMode?.Dispose();
        if (hosted.CloseAsync is { } close) await close();
    }

    private static async Task<bool> IsInUseAsync(HostedAdapter? hosted) => hosted?.TargetMode is { IsInUse: true }
        || hosted?.Adapter is { } adapter && (await adapter.DescribeAsync()).Count > 0;

    private void SweepSecrets() => secrets.Sweep(
        _adapters.Values.SelectMany(hosted => hosted.Definition.Targets)
            .SelectMany(target => new[] { target.Initiator, target.Peer })
            .OfType<AdapterSecret>().Select(secret => secret.Reference).ToHashSet(StringComparer.Ordinal),
        reference => reference.StartsWith(AdapterStore.SecretPrefix, StringComparison.Ordinal));

    private static AdapterTargetSettings Show(AdapterTarget target) => new()
    {
        ScsiId = target.ScsiId,
        Lun = target.Lun,
        Address = target.Address,
        Portal = target.Portal.Length == 0 ? null : target.Portal,
        HeaderDigest = target.HeaderDigest,
        DataDigest = target.DataDigest,
        ChapUser = target.Initiator?.User,
        TargetChapUser = target.Peer?.User,
    };

    private void Written(object? sender, ErrorEntry entry) => LogEntry(
        entry.Label, entry.ResourceName, entry.ScsiId, entry.LogicalUnitNumber,
        entry.Note ?? ErrorTemplate.Of(entry.Label).Description);

    private static StmfResult NotFound(string name) => new(StmfStatus.NotFound, $"adapter {name} not found");

    private static StmfResult InUse(string name) =>
        new(StmfStatus.Busy, $"devices of adapter {name} are started: stop them first");

    [LoggerMessage(1, LogLevel.Warning, "Adapter {Name} does not run: {Reason}")]
    private partial void LogNotRunning(string name, string reason);

    [LoggerMessage(2, LogLevel.Warning, "errlog {Label} {Resource} at {ScsiId}/{Lun}: {Words}")]
    private partial void LogEntry(ErrorLabel label, string resource, ulong scsiId, int lun, string words);

    private sealed record HostedAdapter(
        AdapterDefinition Definition, ScsiAdapter? Adapter, Func<ValueTask>? CloseAsync, string? Fault)
    {
        public AdapterTargetMode? TargetMode { get; init; }
    }
}
