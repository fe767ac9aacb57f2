using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Documents;
using Lunette.Admin.Contracts.Iscsi;
using Lunette.Admin.Iscsi;
using static Lunette.Admin.Iscsi.IscsitRules;

namespace Lunette.Admin.Documents;

/// <content>iSCSI: defaults, portal groups, targets, initiators.</content>
internal sealed partial class DocumentPlanner
{
    private StmfResult PlanIscsi()
    {
        foreach (var part in (ReadOnlySpan<Func<StmfResult>>)[
            PlanDefaults, PlanPortalGroups, PlanTargets, PlanInitiators, CheckPortalGroupsOfTargets])
        {
            var planned = part();
            if (!planned.Succeeded) return planned;
        }
        return StmfStatus.Success;
    }

    private StmfResult PlanDefaults()
    {
        if (wanted.Iscsi is not { } section) return StmfStatus.Success;
        var before = now.Iscsi;
        if (section.Authentication == "default"
            || !TryAuthentication(section.Authentication, before.Authentication, out var authentication))
            return new(StmfStatus.InvalidArg, "the default authentication is radius, chap or none");
        if (FindMistake(section.RadiusServer, section.IsnsServers) is { } mistake) return mistake;
        var secret = Secret("radius", "default", section.RadiusSecret, before.RadiusSecret);
        if (!secret.Succeeded) return secret.WithoutValue;
        var after = before with
        {
            Authentication = authentication ?? IscsiAuthentication.None,
            RadiusServer = section.RadiusServer ?? before.RadiusServer,
            RadiusSecret = secret.Value,
            Isns = section.Isns ?? before.Isns,
            IsnsServers = section.IsnsServers is { } servers ? [.. servers] : before.IsnsServers,
        };
        var differences = new Differences()
            .Add("authentication", Word(before.Authentication), Word(after.Authentication))
            .Add("RADIUS server", before.RadiusServer, after.RadiusServer)
            .AddSecret("RADIUS secret", before.RadiusSecret, after.RadiusSecret)
            .Add("iSNS", before.Isns ? "on" : "off", after.Isns ? "on" : "off")
            .Add("iSNS servers", string.Join(", ", before.IsnsServers), string.Join(", ", after.IsnsServers));
        Take(after, "iSCSI defaults", differences);
        return StmfStatus.Success;
    }

    private StmfResult PlanPortalGroups()
    {
        var indexed = Index(wanted.PortalGroups, section => section.Name, "portal group");
        if (!indexed.Succeeded) return indexed.WithoutValue;
        foreach (var name in now.Iscsi.PortalGroups.Keys.Where(name => Goes(indexed.Value!, name)))
            Take(_plan.Iscsi with { PortalGroups = _plan.Iscsi.PortalGroups.Remove(name) }, "portal group " + name);
        foreach (var section in indexed.Value!.Values)
        {
            var judged = JudgePortalGroup(section.Name, section.Portals);
            if (!judged.Succeeded) return judged.WithoutValue;
            var before = now.Iscsi.PortalGroups.GetValueOrDefault(section.Name);
            var tag = section.Tag ?? before?.Tag ?? ChooseTag(_plan.Iscsi, section.Name);
            if (tag is not (>= 2 and { } chosen)
                || _plan.Iscsi.PortalGroups.Values.Any(group => group.Tag == chosen && group.Name != section.Name))
                return new(StmfStatus.InvalidArg, $"portal group {section.Name}: the tag {tag} is taken or below 2");
            var after = new IscsiPortalGroup(section.Name, chosen, judged.Value!);
            var changed = _plan.Iscsi with { PortalGroups = _plan.Iscsi.PortalGroups.SetItem(section.Name, after) };
            var portals = string.Join(", ", after.Portals);
            Take(changed, "portal group " + section.Name, before is null
                ? null
                : new Differences().Add("tag", Text(before.Tag), Text(chosen))
                    .Add("portals", string.Join(", ", before.Portals), portals), $"tag {chosen}, {portals}");
        }
        return StmfStatus.Success;
    }

    private StmfResult PlanTargets()
    {
        var indexed = Index(wanted.Targets, section => Folded(section.Name), "target");
        if (!indexed.Succeeded) return indexed.WithoutValue;
        foreach (var name in now.Iscsi.Targets.Keys.Where(name => Goes(indexed.Value!, name)))
            Take(_plan.Iscsi with { Targets = _plan.Iscsi.Targets.Remove(name) }, "target " + name);
        foreach (var section in indexed.Value!.Values)
        {
            if (!TryName(section.Name, out var name)) return BadName(section.Name);
            var known = now.Iscsi.Targets.GetValueOrDefault(name);
            var before = known ?? new IscsitTarget(name, "", null, "", null, []);
            if (!TryAuthentication(section.Authentication, before.Authentication, out var authentication))
                return new(StmfStatus.InvalidArg, $"target {name}: authentication is radius, chap, none or default");
            var secret = Secret("target", name, section.ChapSecret, before.ChapSecret);
            if (!secret.Succeeded) return secret.WithoutValue;
            var after = before with
            {
                Alias = section.Alias ?? before.Alias,
                Authentication = authentication,
                ChapUser = section.ChapUser ?? before.ChapUser,
                ChapSecret = secret.Value,
                PortalGroups = section.PortalGroups is { } groups ? [.. groups] : before.PortalGroups,
            };
            Take(_plan.Iscsi with { Targets = _plan.Iscsi.Targets.SetItem(name, after) }, "target " + name,
                known is null ? null : Compare(before, after));
            if (known is null) _plan.Edit(EditPhase.Providers, edit => edit.AssignRelativePort(name).Outcome);
        }
        return StmfStatus.Success;
    }

    private StmfResult PlanInitiators()
    {
        var indexed = Index(wanted.Initiators, section => Folded(section.Name), "initiator");
        if (!indexed.Succeeded) return indexed.WithoutValue;
        foreach (var name in now.Iscsi.Initiators.Keys.Where(name => Goes(indexed.Value!, name)))
            Take(_plan.Iscsi with { Initiators = _plan.Iscsi.Initiators.Remove(name) }, "initiator " + name);
        foreach (var section in indexed.Value!.Values)
        {
            if (!TryName(section.Name, out var name)) return BadName(section.Name);
            var known = now.Iscsi.Initiators.GetValueOrDefault(name);
            var before = known ?? new IscsitInitiator(name, "", null);
            var secret = Secret("initiator", name, section.ChapSecret, before.ChapSecret);
            if (!secret.Succeeded) return secret.WithoutValue;
            var after = before with { ChapUser = section.ChapUser ?? before.ChapUser, ChapSecret = secret.Value };
            Take(_plan.Iscsi with { Initiators = _plan.Iscsi.Initiators.SetItem(name, after) }, "initiator " + name,
                known is null ? null : new Differences().Add("CHAP user", before.ChapUser, after.ChapUser)
                    .AddSecret("CHAP secret", before.ChapSecret, after.ChapSecret));
        }
        return StmfStatus.Success;
    }

    // A portal group may go only when nobody is left who has it, and a target may name only those there are.
    private StmfResult CheckPortalGroupsOfTargets()
    {
        foreach (var target in _plan.Iscsi.Targets.Values)
        {
            foreach (var group in target.PortalGroups.Where(name => !_plan.Iscsi.PortalGroups.ContainsKey(name)))
                return new(StmfStatus.NotFound, $"target {target.Name}: target portal group {group} not found");
        }
        return StmfStatus.Success;
    }

    private static Differences Compare(IscsitTarget before, IscsitTarget after) => new Differences()
        .Add("alias", before.Alias, after.Alias)
        .Add("authentication", Word(before.Authentication), Word(after.Authentication))
        .Add("CHAP user", before.ChapUser, after.ChapUser)
        .AddSecret("CHAP secret", before.ChapSecret, after.ChapSecret)
        .Add("portal groups", string.Join(", ", before.PortalGroups), string.Join(", ", after.PortalGroups));

    private bool Goes<T>(Dictionary<string, T> index, string name) => wanted.Whole && !index.ContainsKey(name);

    private static string Folded(string name) => TryName(name, out var folded) ? folded : name;

    private static string Word(IscsiAuthentication? authentication) =>
        authentication is { } own ? IscsitConfiguration.Word(own) : "default";

    private static string Text(ushort number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private void Take(IscsitConfiguration changed, string what)
    {
        _plan.Say(PlannedChange.Remove, what);
        _plan.Iscsi = changed;
        _plan.IscsiChanges = true;
    }

    private void Take(IscsitConfiguration changed, string what, Differences? differences, string? more = null)
    {
        if (differences is null) _plan.Say(PlannedChange.Add, more is null ? what : $"{what}: {more}");
        else if (differences.Any) _plan.Say(PlannedChange.Change, $"{what}: {differences}");
        else return;
        _plan.Iscsi = changed;
        _plan.IscsiChanges = true;
    }

    // Null says nothing, which in a whole configuration means that there is none.
    private StmfResult<string?> Secret(string kind, string owner, SecretText? said, string? before)
    {
        if (said is null) return new(StmfStatus.Success, wanted.Whole ? null : before);
        if (said.Value is { } secret)
        {
            if (before is not null && secrets(before) == secret) return new(StmfStatus.Success, before);
            if (FindMistake(secret) is { } mistake) return new StmfResult(mistake.Status, $"{kind} {owner}: {mistake}");
            var reference = newReference(kind, owner);
            _plan.Secrets.Add((reference, secret));
            return new(StmfStatus.Success, reference);
        }
        if (said.Reference is not { } known)
            return new StmfResult(StmfStatus.InvalidArg, $"{kind} {owner}: a secret is a reference or a value");
        return known == before || secrets(known) is not null
            ? new StmfResult<string?>(StmfStatus.Success, known)
            : new StmfResult(StmfStatus.NotFound, $"{kind} {owner}: this daemon has no secret {known}; "
                + "export with --with-secrets, or leave the secret out and set it with itadm");
    }

    private sealed class Differences
    {
        private readonly List<string> _texts = [];

        public bool Any => _texts.Count > 0;

        public Differences Add(string what, string before, string after)
        {
            if (before != after) _texts.Add(Changed(what, before, after));
            return this;
        }

        public Differences AddSecret(string what, string? before, string? after)
        {
            if (before != after) _texts.Add(after is null ? what + " taken away" : what + " set");
            return this;
        }

        public override string ToString() => string.Join(", ", _texts);
    }
}
