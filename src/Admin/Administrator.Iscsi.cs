using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Iscsi;
using Lunette.Admin.Iscsi;
using Lunette.Stmf.Transitions;
using static Lunette.Admin.Iscsi.IscsitRules;

namespace Lunette.Admin;

/// <content>The verbs of itadm: targets.</content>
public sealed partial class Administrator
{
    /// <inheritdoc/>
    public ValueTask<StmfResult<IReadOnlyList<IscsiTargetProperties>>> GetIscsiTargetsAsync()
    {
        var configuration = iscsi.Configuration;
        if (!configuration.Succeeded) return new(configuration.WithoutValue);
        return Listed(configuration.Value!.Targets.Values.Select(target =>
        {
            var info = framework.FindTargetPort(target.Name);
            return new IscsiTargetProperties(
                target.Name, target.Alias, target.Authentication, target.ChapUser, target.ChapSecret is not null,
                [.. target.PortalGroups.Select(name => new IscsiPortalGroupTag(
                    name, configuration.Value.PortalGroups.GetValueOrDefault(name)?.Tag ?? 0))],
                info is null ? null : PortState(info.State), info?.Sessions ?? 0);
        }));
    }

    /// <inheritdoc/>
    public async ValueTask<StmfResult<string>> CreateIscsiTargetAsync(IscsiTargetSettings settings)
    {
        if (!TryName(settings.Name ?? GenerateName(), out var name)) return BadName(settings.Name!);
        var created = await iscsi.ChangeAsync(old =>
        {
            if (old.Targets.ContainsKey(name))
                return new StmfResult(StmfStatus.Exists, $"target {name} already exists");
            var blank = new IscsitTarget(name, "", null, "", null, []);
            return With(old, blank, settings with { Name = null });
        });
        return created.Succeeded ? name : created;
    }

    /// <inheritdoc/>
    public ValueTask<StmfResult> ModifyIscsiTargetAsync(string name, IscsiTargetSettings settings) =>
        iscsi.ChangeAsync(old =>
        {
            if (!TryName(name, out var folded) || !old.Targets.TryGetValue(folded, out var target))
                return NoIscsiTarget(name);
            if (settings.Name is null) return With(old, target, settings);
            if (!TryName(settings.Name, out var renamed)) return BadName(settings.Name);
            if (renamed == folded) return With(old, target, settings);
            if (old.Targets.ContainsKey(renamed))
                return new StmfResult(StmfStatus.Exists, $"target {renamed} already exists");
            if (framework.FindTargetPort(folded) is { State: not (ObjectState.Offline or ObjectState.ForcedOffline) })
                return new StmfResult(StmfStatus.TgOnline, $"target {folded} must be offline to be renamed");
            return With(old with { Targets = old.Targets.Remove(folded) }, target with { Name = renamed }, settings);
        });

    /// <inheritdoc/>
    public ValueTask<StmfResult> DeleteIscsiTargetAsync(string name, bool force) => iscsi.ChangeAsync(old =>
    {
        if (!TryName(name, out var folded) || !old.Targets.ContainsKey(folded)) return NoIscsiTarget(name);
        if (!force
            && framework.FindTargetPort(folded) is { State: not (ObjectState.Offline or ObjectState.ForcedOffline) })
        {
            return new StmfResult(StmfStatus.Busy,
                $"target {folded} is not offline: take it offline first, or force it");
        }
        return old with { Targets = old.Targets.Remove(folded) };
    });

    private StmfResult<IscsitConfiguration> With(
        IscsitConfiguration configuration, IscsitTarget target, IscsiTargetSettings settings)
    {
        foreach (var group in settings.PortalGroups ?? [])
        {
            if (!configuration.PortalGroups.ContainsKey(group))
                return new StmfResult(StmfStatus.NotFound, $"target portal group {group} not found");
        }
        if (!TryAuthentication(settings.Authentication, target.Authentication, out var authentication))
            return new StmfResult(StmfStatus.InvalidArg, "authentication is radius, chap, none or default");
        var secret = KeepSecret("target", target.Name, settings.TargetChapSecret, target.ChapSecret);
        if (!secret.Succeeded) return secret.WithoutValue;
        var changed = target with
        {
            Alias = settings.Alias ?? target.Alias,
            Authentication = authentication,
            ChapUser = settings.TargetChapUser ?? target.ChapUser,
            ChapSecret = secret.Value,
            PortalGroups = settings.PortalGroups is { } groups ? [.. groups] : target.PortalGroups,
        };
        return configuration with { Targets = configuration.Targets.SetItem(changed.Name, changed) };
    }

    /// <summary>
    /// Keeps a new secret before anything refers to it, under a reference of its own, so that the old one holds until
    /// the configuration says otherwise. Null keeps the old reference, empty takes it away.
    /// </summary>
    private StmfResult<string?> KeepSecret(string kind, string owner, string? secret, string? oldReference)
    {
        if (secret is null) return new(StmfStatus.Success, oldReference);
        if (secret.Length == 0) return new(StmfStatus.Success, null);
        if (IscsitRules.FindMistake(secret) is { } mistake) return mistake;
        var reference = NewReference(kind, owner);
        secrets.Set(reference, secret);
        return new(StmfStatus.Success, reference);
    }

    // A reference of its own for each secret: the old one holds until the configuration says otherwise.
    private string NewReference(string kind, string owner) => $"{kind}/{owner}/{RandomHexadecimal(8)}";

    private string GenerateName()
    {
        var id = RandomHexadecimal(16);
        return $"{namingAuthority}:02:{id[..8]}-{id[8..12]}-{id[12..16]}-{id[16..20]}-{id[20..]}";
    }

    private string RandomHexadecimal(int bytes)
    {
        Span<byte> random = stackalloc byte[bytes];
        entropy.Fill(random);
        return Convert.ToHexStringLower(random);
    }

    private static StmfResult NoIscsiTarget(string name) => new(StmfStatus.NotFound, $"target {name} not found");
}
