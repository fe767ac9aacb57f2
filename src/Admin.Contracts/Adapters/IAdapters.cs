namespace Lunette.Admin.Contracts.Adapters;

/// <summary>
/// The adapters a daemon hosts: their configuration, their device queues, and the system error log. The queues belong
/// to
/// the daemon, so that every caller speaks of the same ones.
/// </summary>
public interface IAdapters
{
    /// <summary>All adapters, by name.</summary>
    ValueTask<StmfResult<IReadOnlyList<AdapterProperties>>> GetAdaptersAsync();

    /// <summary>Makes an adapter, or makes one anew that is there; <see cref="StmfStatus.Busy"/> while a device of it
    /// is
    /// started.</summary>
    ValueTask<StmfResult> ConfigureAdapterAsync(AdapterSettings settings);

    /// <summary>Takes an adapter away; <see cref="StmfStatus.Busy"/> while a device of it is started.</summary>
    ValueTask<StmfResult> RemoveAdapterAsync(string name);

    /// <summary>The started devices of an adapter and their queues.</summary>
    ValueTask<StmfResult<IReadOnlyList<AdapterDevice>>> GetAdapterDevicesAsync(string name);

    /// <summary>Asks every target of an adapter what it has: REPORT LUNS and INQUIRY of each, as <c>cfgmgr</c>
    /// does.</summary>
    ValueTask<StmfResult<IReadOnlyList<AdapterFinding>>> DiscoverAdapterAsync(string name);

    /// <summary>Carries out an operation without data on a device. What the adapter driver says is the answer, its
    /// error
    /// number included; the verb succeeds.</summary>
    ValueTask<StmfResult<AdapterAnswer>> OperateAdapterAsync(AdapterOperationArguments operation);

    /// <summary>Sends a command to a device, by SCIOCMD or through its queue. What the adapter driver says is the
    /// answer.
    /// </summary>
    ValueTask<StmfResult<AdapterAnswer>> SendAdapterCommandAsync(AdapterCommandArguments command);

    /// <summary>Entries of the system error log, newest first.</summary>
    ValueTask<StmfResult<IReadOnlyList<ErrorLogEntry>>> GetErrorLogAsync(ErrorLogFilter filter);

    /// <summary>Forgets entries of the system error log; how many.</summary>
    ValueTask<StmfResult<ulong>> ClearErrorLogAsync(DateTimeOffset? olderThan);
}
