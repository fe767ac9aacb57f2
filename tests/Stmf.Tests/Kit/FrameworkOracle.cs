using System.Globalization;
using Lunette.Stmf.Configuration;

namespace Lunette.Stmf.Tests.Kit;

/// <summary>
/// What a framework should do, written as slowly and obviously as possible: lists, and every question answered by
/// looking at everything.
/// </summary>
internal sealed class FrameworkOracle
{
    public sealed record View(int Unit, uint Index, string? Host, string? Group, int Lun);

    public sealed record Nexus(string Initiator, string Port);

    public Dictionary<(GroupKind Kind, string Name), HashSet<string>> Groups { get; } = [];
    public List<View> Views { get; } = [];

    /// <summary>Registered logical units and ports, and whether each is online.</summary>
    public Dictionary<int, bool> Units { get; } = [];
    public Dictionary<string, bool> Ports { get; } = [];
    public List<Nexus> Sessions { get; } = [];

    public Refusal CreateGroup(GroupKind kind, string name) =>
        Groups.TryAdd((kind, name), []) ? Refusal.None : Refusal.Exists;

    public Refusal DeleteGroup(GroupKind kind, string name)
    {
        if (!Groups.ContainsKey((kind, name))) return Refusal.NotFound;
        if (Views.Any(v => (kind == GroupKind.Host ? v.Host : v.Group) == name)) return Refusal.GroupInUse;
        Groups.Remove((kind, name));
        return Refusal.None;
    }

    public Refusal AddMember(GroupKind kind, string name, string member)
    {
        if (!Groups.TryGetValue((kind, name), out var members)) return Refusal.GroupNotFound;
        if (kind == GroupKind.Target && Ports.GetValueOrDefault(member)) return Refusal.TargetOnline;
        if (Groups.Any(g => g.Key.Kind == kind && g.Value.Contains(member))) return Refusal.Exists;
        members.Add(member);
        return Refusal.None;
    }

    public Refusal RemoveMember(GroupKind kind, string name, string member)
    {
        if (!Groups.TryGetValue((kind, name), out var members)) return Refusal.GroupNotFound;
        if (!members.Contains(member)) return Refusal.MemberNotFound;
        if (kind == GroupKind.Target && Ports.GetValueOrDefault(member)) return Refusal.TargetOnline;
        members.Remove(member);
        return Refusal.None;
    }

    public (Refusal Refusal, View? Added) AddView(int unit, string? host, string? group, int? lun)
    {
        if (host is not null && !Groups.ContainsKey((GroupKind.Host, host))) return (Refusal.InvalidHostGroup, null);
        if (group is not null && !Groups.ContainsKey((GroupKind.Target, group)))
            return (Refusal.InvalidTargetGroup, null);
        var overlapping = Views.Where(v => Overlap(v.Host, host) && Overlap(v.Group, group)).ToList();
        if (overlapping.Exists(v => v.Unit == unit)) return (Refusal.ViewEntryConflict, null);
        if (lun is not null && overlapping.Exists(v => v.Lun == lun)) return (Refusal.LunInUse, null);
        var at = lun ?? Enumerable.Range(0, 16384).First(n => !overlapping.Exists(v => v.Lun == n));
        var index = (uint)Enumerable.Range(0, 10000).First(n => !Views.Exists(v => v.Unit == unit && v.Index == n));
        var added = new View(unit, index, host, group, at);
        Views.Add(added);
        return (Refusal.None, added);
    }

    public Refusal RemoveView(int unit, uint index) =>
        Views.RemoveAll(v => v.Unit == unit && v.Index == index) == 1 ? Refusal.None : Refusal.NotFound;

    /// <summary>What a nexus sees, as LUN and number of the logical unit.</summary>
    public string SeenBy(Nexus nexus) => string.Join(
        ' ',
        Views
            .Where(v => Units.GetValueOrDefault(v.Unit))
            .Where(v => v.Host is null || Groups[(GroupKind.Host, v.Host)].Contains(nexus.Initiator))
            .Where(v => v.Group is null || Groups[(GroupKind.Target, v.Group)].Contains(nexus.Port))
            .OrderBy(v => v.Lun)
            .Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Lun}:{v.Unit}")));

    private static bool Overlap(string? left, string? right) => left is null || right is null || left == right;
}
