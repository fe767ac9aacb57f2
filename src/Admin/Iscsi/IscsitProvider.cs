using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Iscsi;
using Lunette.Admin.Storage;
using Lunette.Stmf.Configuration;
using Lunette.Stmf.Contracts;
using Microsoft.Extensions.Logging;
using ProviderType = Lunette.Stmf.Configuration.ProviderType;
using Refusal = Lunette.Stmf.Refusal;
using StmfFramework = Lunette.Stmf.StmfFramework;

namespace Lunette.Admin.Iscsi;

/// <summary>
/// Port provider <c>iscsit</c>: makes what runs agree with what the administrator said. A change is judged, written by
/// compare and set, and then carried out on the ports; who writes the provider data directly gets the same.
/// </summary>
/// <param name="framework">Where ports are registered.</param>
/// <param name="ports">What makes them.</param>
/// <param name="secrets">Where secrets lie.</param>
/// <param name="log">Hears of ports that cannot be registered.</param>
public sealed partial class IscsitProvider(
    StmfFramework framework, IIscsiPortProvider ports, SecretStore secrets, ILogger<IscsitProvider> log)
    : IDisposable
{
    /// <summary>Its name.</summary>
    public const string Name = "iscsit";

    internal static readonly ProviderKey Key = new(ProviderType.Port, Name);
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly Dictionary<string, (TargetPort Port, IscsiTargetDefinition Definition)> _running =
        new(StringComparer.Ordinal);

    /// <summary>What the administrator said, as of now.</summary>
    public StmfResult<IscsitConfiguration> Configuration => Read().Configuration;

    /// <summary>Registers a port for every target that is configured, and forgets secrets nothing refers to.</summary>
    public async ValueTask<StmfResult> LoadAsync()
    {
        await _changing.WaitAsync();
        try
        {
            var (read, _) = Read();
            if (!read.Succeeded) return read.WithoutValue;
            secrets.Sweep(read.Value!.SecretReferences,
                reference => !reference.StartsWith(AdapterStore.SecretPrefix, StringComparison.Ordinal));
            return await ReconcileAsync(read.Value);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>
    /// Changes what the administrator said and makes it so.
    /// </summary>
    /// <param name="change">Judges the current configuration and gives the new one, or a failure; called again when
    /// somebody else has written in between.</param>
    public async ValueTask<StmfResult> ChangeAsync(Func<IscsitConfiguration, StmfResult<IscsitConfiguration>> change)
    {
        const int AttemptsMax = 16;
        await _changing.WaitAsync();
        try
        {
            for (var attempt = 0; ; attempt++)
            {
                var (read, token) = Read();
                if (!read.Succeeded) return read.WithoutValue;
                var changed = change(read.Value!);
                if (!changed.Succeeded) return changed.WithoutValue;
                if (FindNoRoom(changed.Value!) is { } noRoom) return noRoom.ToAdmin();
                var bytes = ProviderDataText.Write(changed.Value!.ToList());
                var written = (await framework.SetProviderDataAsync(Key, bytes, token)).Outcome.ToAdmin();
                if (written.Status == StmfStatus.ProvDataStale && attempt < AttemptsMax) continue;
                return written.Succeeded ? await ReconcileAsync(changed.Value) : written;
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Takes provider data written by somebody else; refused, with nothing changed, where it is no
    /// configuration.</summary>
    public async ValueTask<StmfResult<ulong>> SetDataAsync(NameValueList data, ulong? token)
    {
        var judged = IscsitConfiguration.FromList(data);
        if (!judged.Succeeded) return judged.WithoutValue;
        await _changing.WaitAsync();
        try
        {
            if (FindNoRoom(judged.Value!) is { } noRoom) return noRoom.ToAdmin();
            var written = await framework.SetProviderDataAsync(Key, ProviderDataText.Write(data), token);
            if (!written.Succeeded) return written.Outcome.ToAdmin();
            var carriedOut = await ReconcileAsync(judged.Value!);
            return new(carriedOut.Status, written.Value, carriedOut.Detail);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Keeps everybody else from changing anything until it is let go.</summary>
    internal async ValueTask<IDisposable> HoldAsync()
    {
        await _changing.WaitAsync();
        return new Held(_changing);
    }

    /// <summary>Writes a configuration as a part of a larger change; whoever does holds the provider.</summary>
    internal Stmf.StmfResult Write(ConfigurationEdit edit, IscsitConfiguration configuration) =>
        FindNoRoom(configuration)
        ?? edit.SetProviderData(Key, ProviderDataText.Write(configuration.ToList()), token: null).Outcome;

    /// <summary>Makes what runs agree with a configuration that was written; whoever does holds the provider.</summary>
    internal ValueTask<StmfResult> CarryOutAsync(IscsitConfiguration configuration) => ReconcileAsync(configuration);

    /// <summary>
    /// What an initiator must know to log in at a target, and what the target knows to prove itself.
    /// </summary>
    public IscsiCredentials FindCredentials(string target, string initiator)
    {
        var (read, _) = Read();
        if (!read.Succeeded || !read.Value!.Targets.TryGetValue(target, out var at))
            return new(IscsiAuthentication.Chap, "", null, "", null);
        read.Value.Initiators.TryGetValue(initiator, out var who);
        return new(
            at.Authentication ?? read.Value.Authentication,
            who is { ChapUser.Length: > 0 } ? who.ChapUser : initiator,
            who?.ChapSecret is { } own ? secrets.Find(own) : null,
            at.ChapUser.Length > 0 ? at.ChapUser : at.Name,
            at.ChapSecret is { } mutual ? secrets.Find(mutual) : null);
    }

    /// <summary>The RADIUS server that judges CHAP responses, and the secret shared with it; whoever asked clears
    /// it. Empty and null where they are not set.</summary>
    public (string Server, byte[]? Secret) FindRadius()
    {
        var (read, _) = Read();
        return read is { Succeeded: true, Value: { } now }
            ? (now.RadiusServer, now.RadiusSecret is { } reference ? secrets.Find(reference) : null)
            : ("", null);
    }

    /// <summary>No verb is running any more.</summary>
    public void Dispose() => _changing.Dispose();

    private (StmfResult<IscsitConfiguration> Configuration, ulong Token) Read()
    {
        if (!framework.Configuration.Providers.TryGetValue(Key, out var data)) return (IscsitConfiguration.Empty, 0);
        return ProviderDataText.Read(data.Data) is { } list
            ? (IscsitConfiguration.FromList(list), data.Token)
            : (new StmfResult(StmfStatus.Error, "provider data of iscsit cannot be read"), data.Token);
    }

    // Said before anything is written: a target that is configured and has no port would be neither here nor gone.
    private Stmf.StmfResult? FindNoRoom(IscsitConfiguration configuration)
    {
        var added = configuration.Targets.Keys.Count(name => !_running.ContainsKey(name));
        var removed = _running.Keys.Count(name => !configuration.Targets.ContainsKey(name));
        var more = added - removed;
        return more <= 0 || more <= framework.FreeTargetPorts
            ? null
            : Stmf.StmfResult.Refused(Refusal.LimitReached,
                $"{more} more target ports are wanted and {framework.FreeTargetPorts} may be registered");
    }

    private async ValueTask<StmfResult> ReconcileAsync(IscsitConfiguration configuration)
    {
        var failed = StmfResult.Success;
        foreach (var name in _running.Keys.Where(name => !configuration.Targets.ContainsKey(name)).ToArray())
            failed = FirstFailure(failed, await RemoveAsync(name));
        foreach (var target in configuration.Targets.Values)
        {
            var definition = Define(configuration, target);
            if (!_running.TryGetValue(target.Name, out var runs))
            {
                failed = FirstFailure(failed, await AddAsync(definition));
            }
            else if (!Same(runs.Definition, definition))
            {
                ports.Change(runs.Port, definition);
                _running[target.Name] = (runs.Port, definition);
            }
        }
        return failed;
    }

    private async ValueTask<StmfResult> AddAsync(IscsiTargetDefinition definition)
    {
        var port = ports.Create(definition);
        var registered = (await framework.RegisterTargetPortAsync(port)).ToAdmin();
        if (registered.Succeeded)
        {
            _running[definition.Name] = (port, definition);
            return registered;
        }
        LogNotRegistered(definition.Name, registered.ToString());
        await ports.CloseAsync(port);
        return registered;
    }

    private async ValueTask<StmfResult> RemoveAsync(string name)
    {
        // On its way online it is busy; then it is there and can be taken off.
        await framework.WaitForTargetAsync(name, online: true);
        var outcome = framework.OfflineTarget(name, cause: "deleted");
        if (outcome.Succeeded) outcome = await framework.WaitForTargetAsync(name, online: false);
        if (outcome.Succeeded) outcome = framework.DeregisterTargetPort(name);
        if (!outcome.Succeeded) return outcome.ToAdmin();
        await ports.CloseAsync(_running[name].Port);
        _running.Remove(name);
        return StmfStatus.Success;
    }

    private static IscsiTargetDefinition Define(IscsitConfiguration configuration, IscsitTarget target) => new(
        target.Name, target.Alias, target.Authentication ?? configuration.Authentication,
        [.. target.PortalGroups.Select(name => configuration.PortalGroups.GetValueOrDefault(name))
            .OfType<IscsiPortalGroup>()]);

    private static bool Same(IscsiTargetDefinition left, IscsiTargetDefinition right) =>
        left.Alias == right.Alias && left.Authentication == right.Authentication
        && left.PortalGroups.Length == right.PortalGroups.Length
        && left.PortalGroups.Zip(right.PortalGroups).All(pair =>
            pair.First.Tag == pair.Second.Tag && pair.First.Portals.SequenceEqual(pair.Second.Portals));

    private static StmfResult FirstFailure(StmfResult first, StmfResult second) => first.Succeeded ? second : first;

    [LoggerMessage(1, LogLevel.Error, "Target {Name} cannot be registered: {Reason}")]
    private partial void LogNotRegistered(string name, string reason);
}

/// <summary>Who proves what to whom at a login; whoever asked clears the secrets after use.</summary>
/// <param name="Authentication">How the initiator proves who it is.</param>
/// <param name="InitiatorUser">The user name it must give.</param>
/// <param name="InitiatorSecret">Its secret; null where it has none, so that it cannot log in with CHAP.</param>
/// <param name="TargetUser">The user name the target gives.</param>
/// <param name="TargetSecret">The target's secret; null where it has none.</param>
public sealed record IscsiCredentials(
    IscsiAuthentication Authentication, string InitiatorUser, byte[]? InitiatorSecret, string TargetUser,
    byte[]? TargetSecret)
{
    /// <summary>No secret in it.</summary>
    public override string ToString() => $"{Authentication}, initiator user {InitiatorUser}";
}
