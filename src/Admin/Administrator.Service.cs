using Lunette.Admin.Contracts;
using Lunette.Scsi;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Transitions;
using AdminConfigState = Lunette.Admin.Contracts.ConfigState;
using AdminServiceState = Lunette.Admin.Contracts.ServiceState;
using AluaState = Lunette.Admin.Contracts.AluaState;
using FrameworkAlua = Lunette.Stmf.Configuration.AluaState;
using FrameworkServiceState = Lunette.Stmf.Transitions.ServiceState;
using StmfState = Lunette.Admin.Contracts.StmfState;

namespace Lunette.Admin;

/// <content>The service as a whole, its properties and its persistence.</content>
public sealed partial class Administrator
{
    private const string OnlineWord = "online";
    private const string OfflineWord = "offline";

    /// <inheritdoc/>
    public ValueTask<StmfResult<StmfState>> GetStateAsync()
    {
        var state = framework.State;
        var service = state.Service switch
        {
            FrameworkServiceState.Online => AdminServiceState.Online,
            FrameworkServiceState.Onlining => AdminServiceState.Onlining,
            FrameworkServiceState.Offlining => AdminServiceState.Offlining,
            _ => AdminServiceState.Offline,
        };
        var config = state.Configuration switch
        {
            ConfigurationState.InitDone => AdminConfigState.InitDone,
            ConfigurationState.Init => AdminConfigState.Init,
            _ => AdminConfigState.None,
        };
        return new(new StmfState(service, config));
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult> OnlineAsync() => new(framework.Online().ToAdmin());

    /// <inheritdoc/>
    public ValueTask<StmfResult> OfflineAsync() => new(framework.Offline().ToAdmin());

    /// <inheritdoc/>
    public async ValueTask<StmfResult> LoadConfigAsync()
    {
        var loaded = await framework.LoadConfigurationAsync().ToAdmin();
        if (!loaded.Succeeded) return loaded;
        await disks.LoadAsync();
        return await iscsi.LoadAsync();
    }

    /// <inheritdoc/>
    public async ValueTask<StmfResult> SetStmfPropAsync(StmfProperty property, string value)
    {
        if (value is not (OnlineWord or OfflineWord))
            return new(StmfStatus.InvalidArg, $"a default state is {OnlineWord} or {OfflineWord}");
        var online = value == OnlineWord;
        return property switch
        {
            StmfProperty.DefaultLuState => await ChangeAsync(old => old with { LogicalUnitsOnline = online }),
            StmfProperty.DefaultTargetPortState => await ChangeAsync(old => old with { TargetPortsOnline = online }),
            _ => StmfStatus.InvalidArg,
        };

        ValueTask<StmfResult> ChangeAsync(Func<StmfProperties, StmfProperties> change) => framework.ChangeAsync(
            edit => edit.SetProperties(change(framework.Configuration.Properties))).ToAdmin();
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult<string>> GetStmfPropAsync(StmfProperty property)
    {
        var properties = framework.Configuration.Properties;
        return property switch
        {
            StmfProperty.DefaultLuState => new(Word(properties.LogicalUnitsOnline)),
            StmfProperty.DefaultTargetPortState => new(Word(properties.TargetPortsOnline)),
            _ => new(StmfStatus.InvalidArg),
        };

        static string Word(bool online) => online ? OnlineWord : OfflineWord;
    }

    // The properties are part of the configuration: they are in force as soon as it is loaded, or changed.
    /// <inheritdoc/>
    public ValueTask<StmfResult> LoadStmfPropsAsync() =>
        new(framework.State.Configuration == ConfigurationState.InitDone ? StmfStatus.Success : StmfStatus.ConfigNone);

    /// <inheritdoc/>
    public ValueTask<StmfResult<PersistMethod>> GetPersistMethodAsync()
    {
        try
        {
            return new(store.Method);
        }
        catch (ConfigStoreException failed)
        {
            return new(new StmfResult(StmfStatus.PersistType, failed.Message));
        }
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult> SetPersistMethodAsync(PersistMethod method)
    {
        if (!Enum.IsDefined(method)) return new(StmfStatus.InvalidArg);
        try
        {
            store.SetMethod(method, framework.Configuration);
            return new(StmfStatus.Success);
        }
        catch (ConfigStoreException failed)
        {
            return new(new StmfResult(StmfStatus.PersistType, failed.Message));
        }
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult<AluaState>> GetAluaStateAsync()
    {
        var alua = framework.Configuration.Alua;
        return new(new AluaState(alua.Enabled, alua.Node));
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult> SetAluaStateAsync(AluaState state) => state.Node > 1
        ? new(new StmfResult(StmfStatus.InvalidArg, "a node is 0 or 1"))
        : SwitchAluaAsync(state);

    private async ValueTask<StmfResult> SwitchAluaAsync(AluaState state)
    {
        var set = await framework.SetAluaAsync(new FrameworkAlua(state.Enabled, state.Node)).ToAdmin();
        return set.Succeeded && !state.Enabled ? await DeleteStandbyAsync() : set;
    }

    // Without a second node there is nothing a logical unit could stand by for.
    private async ValueTask<StmfResult> DeleteStandbyAsync()
    {
        foreach (var info in framework.LogicalUnits)
        {
            if (info.Access == AsymmetricAccessState.ActiveOptimized || info.LogicalUnit.ProviderName == ProxyProvider)
                continue;
            var deleted = await disks.DeleteAsync(info.LogicalUnit.Id.ToAdmin());
            if (!deleted.Succeeded) return deleted;
        }
        return StmfStatus.Success;
    }
}
