using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Iscsi;
using Lunette.Admin.Iscsi;
using static Lunette.Admin.Iscsi.IscsitRules;

namespace Lunette.Admin;

/// <content>The verbs of itadm: portal groups, initiators, defaults.</content>
public sealed partial class Administrator
{
    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<IscsiPortalGroup>>> GetIscsiPortalGroupsAsync()
    {
        var configuration = iscsi.Configuration;
        return configuration.Succeeded
            ? Listed(configuration.Value!.PortalGroups.Values)
            : new(configuration.WithoutValue);
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult> CreateIscsiPortalGroupAsync(string name, IReadOnlyList<string> portals)
    {
        var judged = JudgePortalGroup(name, portals);
        if (!judged.Succeeded) return new(judged.WithoutValue);
        return iscsi.ChangeAsync(old =>
        {
            if (old.PortalGroups.ContainsKey(name))
                return new StmfResult(StmfStatus.Exists, $"target portal group {name} already exists");
            return ChooseTag(old, name) is { } tag
                ? old with { PortalGroups = old.PortalGroups.Add(name, new IscsiPortalGroup(name, tag, judged.Value!)) }
                : new StmfResult(StmfStatus.InvalidArg, $"the tag {name} is taken");
        });
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult> DeleteIscsiPortalGroupAsync(string name, bool force) => iscsi.ChangeAsync(old =>
    {
        if (!old.PortalGroups.ContainsKey(name))
            return new StmfResult(StmfStatus.NotFound, $"target portal group {name} not found");
        var users = old.Targets.Values.Where(target => target.PortalGroups.Contains(name)).ToArray();
        if (users.Length > 0 && !force)
        {
            return new StmfResult(StmfStatus.GroupInUse,
                $"target portal group {name} is in use by target {users[0].Name}");
        }
        var targets = old.Targets.SetItems(users.Select(target => KeyValuePair.Create(
            target.Name, target with { PortalGroups = target.PortalGroups.Remove(name) })));
        return old with { PortalGroups = old.PortalGroups.Remove(name), Targets = targets };
    });

    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<IscsiInitiatorProperties>>> GetIscsiInitiatorsAsync()
    {
        var configuration = iscsi.Configuration;
        return configuration.Succeeded
            ? Listed(configuration.Value!.Initiators.Values.Select(initiator => new IscsiInitiatorProperties(
                initiator.Name, initiator.ChapUser, initiator.ChapSecret is not null)))
            : new(configuration.WithoutValue);
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult> CreateIscsiInitiatorAsync(string name, IscsiInitiatorSettings settings) =>
        iscsi.ChangeAsync(old =>
        {
            if (!TryName(name, out var folded)) return BadName(name);
            return old.Initiators.ContainsKey(folded)
                ? new StmfResult(StmfStatus.Exists, $"initiator {folded} already exists")
                : With(old, new IscsitInitiator(folded, "", null), settings);
        });

    /// <inheritdoc/>
    public ValueTask<StmfResult> ModifyIscsiInitiatorAsync(string name, IscsiInitiatorSettings settings) =>
        iscsi.ChangeAsync(old => TryName(name, out var folded) && old.Initiators.TryGetValue(folded, out var initiator)
            ? With(old, initiator, settings)
            : NoInitiator(name));

    /// <inheritdoc/>
    public ValueTask<StmfResult> DeleteIscsiInitiatorAsync(string name) =>
        iscsi.ChangeAsync(old => TryName(name, out var folded) && old.Initiators.ContainsKey(folded)
            ? old with { Initiators = old.Initiators.Remove(folded) }
            : NoInitiator(name));

    /// <inheritdoc/>
    public ValueTask<StmfResult<IscsiDefaults>> GetIscsiDefaultsAsync()
    {
        var configuration = iscsi.Configuration;
        return configuration is { Succeeded: true, Value: { } now }
            ? new(new IscsiDefaults(
                now.Authentication, now.RadiusServer, now.RadiusSecret is not null, now.Isns, now.IsnsServers))
            : new(configuration.WithoutValue);
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult> ModifyIscsiDefaultsAsync(IscsiDefaultSettings settings)
    {
        if (IscsitRules.FindMistake(settings.RadiusServer, settings.IsnsServers) is { } mistake) return new(mistake);
        return iscsi.ChangeAsync(old =>
        {
            var secret = KeepSecret("radius", "default", settings.RadiusSecret, old.RadiusSecret);
            if (!secret.Succeeded) return secret.WithoutValue;
            return old with
            {
                Authentication = settings.Authentication ?? old.Authentication,
                RadiusServer = settings.RadiusServer ?? old.RadiusServer,
                RadiusSecret = secret.Value,
                Isns = settings.Isns ?? old.Isns,
                IsnsServers = settings.IsnsServers is { } servers ? [.. servers] : old.IsnsServers,
            };
        });
    }

    private StmfResult<IscsitConfiguration> With(
        IscsitConfiguration configuration, IscsitInitiator initiator, IscsiInitiatorSettings settings)
    {
        var secret = KeepSecret("initiator", initiator.Name, settings.ChapSecret, initiator.ChapSecret);
        if (!secret.Succeeded) return secret.WithoutValue;
        var changed = initiator with { ChapUser = settings.ChapUser ?? initiator.ChapUser, ChapSecret = secret.Value };
        return configuration with { Initiators = configuration.Initiators.SetItem(changed.Name, changed) };
    }

    private static StmfResult NoInitiator(string name) => new(StmfStatus.NotFound, $"initiator {name} not found");
}
