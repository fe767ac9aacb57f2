using System.Buffers.Text;
using System.Text;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Documents;
using Values = System.Collections.Generic.IReadOnlyDictionary<string, object>;

namespace Lunette.Cli.Comstar;

/// <summary>
/// Provider data of <c>iscsit</c>. Its property keys are known and the names of the lists around them are not, so
/// entries are told apart by what they say: targets and initiators by their names and keys, portal groups by portals.
/// </summary>
internal sealed class ComstarIscsi(Action<string> take, Action<string> refuse)
{
    private readonly List<TargetSection> _targets = [];
    private readonly List<InitiatorSection> _initiators = [];
    private readonly List<PortalGroupSection> _portalGroups = [];
    private IscsiSection? _defaults;

    public ConfigurationDocument AddTo(ConfigurationDocument document) => document with
    {
        Iscsi = _defaults,
        Targets = _targets,
        Initiators = _initiators,
        PortalGroups = _portalGroups,
    };

    /// <summary>Reads the whole list.</summary>
    public void Read(Values list)
    {
        Defaults(list);
        foreach (var (name, value) in list)
        {
            if (value is Values inner) Container(name, inner);
        }
    }

    private void Container(string container, Values list)
    {
        var isInitiators = container.Contains("init", StringComparison.OrdinalIgnoreCase);
        var isPortalGroups = container.Contains("tpg", StringComparison.OrdinalIgnoreCase)
            || container.Contains("portal", StringComparison.OrdinalIgnoreCase);
        if (container.Contains("prop", StringComparison.OrdinalIgnoreCase)
            || container.Contains("global", StringComparison.OrdinalIgnoreCase))
        {
            Defaults(list);
            return;
        }
        foreach (var (name, value) in list)
        {
            if (value is not Values entry) continue;
            if (isPortalGroups) PortalGroup(name, entry);
            else if (!Devid.TryParse(name, out _)) refuse($"{name} in {container} of iscsit: it is not understood");
            else if (isInitiators || (entry.ContainsKey("chapsecret") && !HasTargetKeys(entry))) Initiator(name, entry);
            else Target(name, entry);
        }
    }

    private static bool HasTargetKeys(Values entry) =>
        Flat(entry).Any(pair => pair.Key.StartsWith("target", StringComparison.Ordinal) || pair.Key == "tpg-tag");

    private void Target(string name, Values entry)
    {
        var said = Flat(entry);
        _targets.Add(new TargetSection
        {
            Name = name,
            Alias = Text(said, "alias"),
            Authentication = Text(said, "auth") is "chap" or "radius" or "none" ? Text(said, "auth") : null,
            ChapUser = Text(said, "targetchapuser"),
            ChapSecret = Secret(said, "targetchapsecret", $"target {name}"),
            PortalGroups = PortalGroupsOf(entry),
        });
        take($"target {name}");
    }

    // A list of names, or a list whose names they are; the default group is the one of a target that names none.
    private static IReadOnlyList<string>? PortalGroupsOf(Values entry)
    {
        var listed = entry.FirstOrDefault(pair => pair.Key.Contains("tpg", StringComparison.OrdinalIgnoreCase)).Value;
        IEnumerable<string>? names = listed switch
        {
            IReadOnlyList<string> texts => texts,
            Values list => list.Keys,
            _ => null,
        };
        return names is null ? null : [.. names.Where(name => name is not ("default" or "1"))];
    }

    private void Initiator(string name, Values entry)
    {
        var said = Flat(entry);
        _initiators.Add(new InitiatorSection
        {
            Name = name,
            ChapUser = Text(said, "chapuser"),
            ChapSecret = Secret(said, "chapsecret", $"initiator {name}"),
        });
        take($"initiator {name}");
    }

    private void PortalGroup(string name, Values entry)
    {
        if (name is "default" or "1") return;
        var portals = entry.Select(pair => pair.Value).OfType<IReadOnlyList<string>>().SelectMany(texts => texts)
            .Concat(entry.Where(pair => pair.Key.Contains("portal", StringComparison.OrdinalIgnoreCase))
                .Select(pair => pair.Value).OfType<Values>().SelectMany(list => list.Keys))
            .ToArray();
        if (portals.Length == 0)
        {
            refuse($"portal group {name}: no portals are found in it");
            return;
        }
        _portalGroups.Add(new PortalGroupSection { Name = name, Portals = portals });
        take($"portal group {name}: {string.Join(", ", portals)}");
    }

    private void Defaults(Values list)
    {
        if (!list.Keys.Any(key => key is "auth" or "radiusserver" or "radiussecret" or "isns" or "isnsserver")) return;
        _defaults = new IscsiSection
        {
            Authentication = Text(list, "auth") is "chap" or "radius" or "none" ? Text(list, "auth") : null,
            RadiusServer = Text(list, "radiusserver"),
            RadiusSecret = Secret(list, "radiussecret", "RADIUS"),
            Isns = Text(list, "isns") is { } isns ? isns == "true" : null,
            IsnsServers = list.GetValueOrDefault("isnsserver") switch
            {
                IReadOnlyList<string> servers => servers,
                string server => [server],
                _ => null,
            },
        };
        take("defaults of iSCSI targets");
    }

    private SecretText? Secret(Values said, string key, string whose)
    {
        if (Text(said, key) is not { Length: > 0 } stored) return null;
        var bytes = Encoding.ASCII.GetBytes(stored);
        if (Base64.DecodeFromUtf8InPlace(bytes, out var length) == System.Buffers.OperationStatus.Done)
            return new SecretText { Value = Encoding.UTF8.GetString(bytes.AsSpan(0, length)) };
        refuse($"{key} of {whose}: it is not in base64; set it with itadm");
        return null;
    }

    // Properties stand beside the name or in a list of their own.
    private static Dictionary<string, object> Flat(Values entry)
    {
        var flat = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (key, value) in entry)
        {
            flat.TryAdd(key, value);
            if (value is not Values inner) continue;
            foreach (var (innerKey, innerValue) in inner) flat.TryAdd(innerKey, innerValue);
        }
        return flat;
    }

    private static string? Text(Values list, string key) => list.GetValueOrDefault(key) as string;
}
