using Lunette.Admin.Contracts;
using Lunette.Admin.Disks;
using Lunette.Admin.Iscsi;
using Lunette.Admin.Storage;
using Lunette.Runtime;
using StmfFramework = Lunette.Stmf.StmfFramework;

namespace Lunette.Admin;

/// <summary>
/// The verbs carried out in the process that hosts the framework. Any thread; verbs may run side by side, and each of
/// them changes everything it has to or nothing.
/// </summary>
/// <param name="framework">The framework.</param>
/// <param name="store">Where its configuration is kept.</param>
/// <param name="disks">LU provider <c>sbd</c>.</param>
/// <param name="iscsi">Port provider <c>iscsit</c>.</param>
/// <param name="secrets">Where secrets lie.</param>
/// <param name="entropy">For names that are generated.</param>
/// <param name="status">Describes the process.</param>
/// <param name="namingAuthority">What generated iSCSI names begin with, such as
/// <c>iqn.2026-11.org.lunette</c>.</param>
public sealed partial class Administrator(
    StmfFramework framework, SqliteConfigStore store, SbdProvider disks, IscsitProvider iscsi, SecretStore secrets,
    IEntropy entropy, Func<DaemonStatus> status, string namingAuthority) : ILunetteAdmin
{
    /// <summary>
    /// Loads the configuration, registers disks and targets, and takes the service online: what a daemon does at its
    /// start.
    /// </summary>
    public async ValueTask<StmfResult> StartAsync()
    {
        var loaded = await LoadConfigAsync();
        return loaded.Succeeded ? await OnlineAsync() : loaded;
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult<DaemonStatus>> GetDaemonStatusAsync() => new(status());
}
