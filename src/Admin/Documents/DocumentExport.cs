using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Documents;
using Lunette.Admin.Contracts.Iscsi;
using Lunette.Admin.Iscsi;
using Lunette.Stmf.Configuration;

namespace Lunette.Admin.Documents;

/// <summary>Documents of what is.</summary>
internal static class DocumentExport
{
    public static ConfigurationDocument Whole(ConfigurationState now) => new()
    {
        Lunette = ConfigurationDocument.CurrentFormat,
        Whole = true,
        Service = new ServiceSection
        {
            LogicalUnitsOnline = now.Framework.Properties.LogicalUnitsOnline,
            TargetsOnline = now.Framework.Properties.TargetPortsOnline,
            Alua = now.Framework.Alua.Enabled,
            Node = now.Framework.Alua.Node,
            ManagementUrl = now.ManagementUrl,
        },
        Iscsi = new IscsiSection
        {
            Authentication = IscsitConfiguration.Word(now.Iscsi.Authentication),
            RadiusServer = now.Iscsi.RadiusServer,
            RadiusSecret = Secret(now.Iscsi.RadiusSecret),
            Isns = now.Iscsi.Isns,
            IsnsServers = now.Iscsi.IsnsServers,
        },
        PortalGroups = [.. now.Iscsi.PortalGroups.Values.Select(PortalGroup)],
        Targets = [.. now.Iscsi.Targets.Values.Select(Target)],
        Initiators = [.. now.Iscsi.Initiators.Values.Select(initiator => new InitiatorSection
        {
            Name = initiator.Name,
            ChapUser = initiator.ChapUser,
            ChapSecret = Secret(initiator.ChapSecret),
        })],
        HostGroups = Groups(now, GroupKind.Host, _ => true),
        TargetGroups = Groups(now, GroupKind.Target, _ => true),
        Disks = [.. now.Disks.Keys.Union(now.Framework.Views.Keys.Select(unit => unit.ToAdmin())).Order()
            .Select(guid => Disk(now, guid))],
    };

    /// <summary>One target; null where there is none of that name.</summary>
    public static ConfigurationDocument? OneTarget(ConfigurationState now, string name)
    {
        if (!now.Iscsi.Targets.TryGetValue(name, out var target)) return null;
        return new()
        {
            Lunette = ConfigurationDocument.CurrentFormat,
            PortalGroups = [.. target.PortalGroups.Select(group => now.Iscsi.PortalGroups.GetValueOrDefault(group))
                .OfType<IscsiPortalGroup>().Select(PortalGroup)],
            Targets = [Target(target)],
            TargetGroups = now.Framework.TargetGroups.GroupOf(name) is { } group
                ? [new GroupSection { Name = group, Members = [name] }] : [],
        };
    }

    /// <summary>One logical unit; null where nothing is known of it.</summary>
    public static ConfigurationDocument? OneDisk(ConfigurationState now, StmfGuid guid)
    {
        var views = now.Framework.ViewsOf(guid.ToFramework());
        if (!now.Disks.ContainsKey(guid) && views.IsEmpty) return null;
        return new()
        {
            Lunette = ConfigurationDocument.CurrentFormat,
            HostGroups = Groups(now, GroupKind.Host, name => views.Any(view => view.HostGroup == name)),
            TargetGroups = Groups(now, GroupKind.Target, name => views.Any(view => view.TargetGroup == name)),
            Disks = [Disk(now, guid)],
        };
    }

    private static GroupSection[] Groups(ConfigurationState now, GroupKind kind, Predicate<string> wanted) =>
        [.. now.Framework.GroupsOf(kind).Groups.Where(group => wanted(group.Name))
            .Select(group => new GroupSection { Name = group.Name, Members = [.. group.Members] })];

    private static PortalGroupSection PortalGroup(IscsiPortalGroup group) =>
        new() { Name = group.Name, Tag = group.Tag, Portals = group.Portals };

    private static TargetSection Target(IscsitTarget target) => new()
    {
        Name = target.Name,
        Alias = target.Alias,
        Authentication = target.Authentication is { } own ? IscsitConfiguration.Word(own) : "default",
        ChapUser = target.ChapUser,
        ChapSecret = Secret(target.ChapSecret),
        PortalGroups = target.PortalGroups,
    };

    private static SecretText? Secret(string? reference) =>
        reference is null ? null : new SecretText { Reference = reference };

    private static DiskSection Disk(ConfigurationState now, StmfGuid guid)
    {
        var known = now.Disks.GetValueOrDefault(guid);
        return new()
        {
            Guid = guid,
            File = known?.Path,
            Properties = known?.Resource is { } resource ? DiskKeys.Write(resource) : null,
            Views = [.. now.Framework.ViewsOf(guid.ToFramework()).Select(view => new ViewSection
            {
                HostGroup = view.HostGroup,
                TargetGroup = view.TargetGroup,
                Lun = view.Lun,
            })],
        };
    }
}
