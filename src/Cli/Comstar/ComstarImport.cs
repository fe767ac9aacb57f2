using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Documents;
using Section = System.Collections.Generic.IReadOnlyDictionary<
    string, System.Collections.Generic.IReadOnlyList<string>>;

namespace Lunette.Cli.Comstar;

/// <summary>One line of what the import made of something.</summary>
/// <param name="Taken">Whether it stands in the document.</param>
/// <param name="Text">What, and how or why not.</param>
internal sealed record ImportLine(bool Taken, string Text);

/// <summary>
/// Turns COMSTAR's stored configuration into a document to be applied, and says of each thing what became of it.
/// </summary>
internal sealed class ComstarImport(SmfExport export)
{
    private const string LuPrefix = "lu-";
    private const string ViewPrefix = "view_entry-";
    private const string ProviderPrefix = "provider_data_pg_";

    private readonly List<ImportLine> _lines = [];
    private readonly SortedDictionary<StmfGuid, DiskSection> _disks = [];

    public IReadOnlyList<ImportLine> Lines => _lines;

    public ConfigurationDocument Run()
    {
        var hosts = Groups("host_groups", "host group");
        var targets = Groups("target_groups", "target group");
        foreach (var (name, properties) in export.Groups.OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            if (name.StartsWith(ViewPrefix, StringComparison.Ordinal)) View(name, properties);
            else if (!IsKnown(name)) Refuse($"property group {name}: it is not known");
        }
        var iscsi = new ComstarIscsi(Take, Refuse);
        foreach (var name in export.Groups.Keys)
            if (name.StartsWith(ProviderPrefix, StringComparison.Ordinal)) Provider(name, iscsi);
        return iscsi.AddTo(new ConfigurationDocument
        {
            Lunette = ConfigurationDocument.CurrentFormat,
            Service = Service(),
            HostGroups = hosts,
            TargetGroups = targets,
            Disks = [.. _disks.Values],
        });
    }

    private static bool IsKnown(string name) =>
        name is "stmf_data" or "host_groups" or "target_groups" or "general" or "application" or "start" or "stop"
            or "refresh" or "dependents" or "manifestfiles" or "tm_common_name" or "tm_description"
        || name.StartsWith(LuPrefix, StringComparison.Ordinal)
        || name.StartsWith(ProviderPrefix, StringComparison.Ordinal)
        || name.StartsWith("tm_", StringComparison.Ordinal) || name.StartsWith("dependenc", StringComparison.Ordinal);

    private ServiceSection? Service()
    {
        var unit = export.Value("stmf_data", "default_lu_state");
        var target = export.Value("stmf_data", "default_target_state");
        if (unit is null && target is null) return null;
        Take($"default states: logical units {Word(unit)}, targets {Word(target)}");
        return new ServiceSection
        {
            LogicalUnitsOnline = unit is null ? null : unit != "default_lu_offline",
            TargetsOnline = target is null ? null : target != "default_target_offline",
        };

        static string Word(string? stored) => stored switch
        {
            null => "as they are",
            "default_lu_offline" or "default_target_offline" => "offline",
            _ => "online",
        };
    }

    private List<GroupSection> Groups(string section, string noun)
    {
        var groups = new List<GroupSection>();
        if (!export.Groups.TryGetValue(section, out var properties)) return groups;
        foreach (var (property, values) in properties)
        {
            if (SmfExport.NumberAfter(property, "group_name-") is not { } number) continue;
            if (values is not [var name, ..]) continue;
            var members = new List<string>();
            foreach (var member in properties.GetValueOrDefault($"group_name-{number}-member_list") ?? [])
            {
                if (member.Length == 0) continue;
                if (Devid.TryParse(member, out var devid)) members.Add(devid.Name);
                else Refuse($"{member} in {noun} {name}: it is no name of a port");
            }
            groups.Add(new GroupSection { Name = name, Members = members });
            Take($"{noun} {name} with {members.Count} members");
        }
        return groups;
    }

    private void View(string group, Section properties)
    {
        // view_entry-N-GUID
        var guidText = group[(group.LastIndexOf('-') + 1)..];
        if (!StmfGuid.TryParse(guidText, out var guid))
        {
            Refuse($"{group}: {guidText} is no GUID");
            return;
        }
        if (Lun(Text("lu_nbr")) is not { } lun)
        {
            Refuse($"{group}: the LUN {Text("lu_nbr")} is none in single level form");
            return;
        }
        var view = new ViewSection
        {
            HostGroup = Text("all_hosts") == "true" ? null : Text("host_group"),
            TargetGroup = Text("all_targets") == "true" ? null : Text("target_group"),
            Lun = lun,
        };
        var disk = _disks.GetValueOrDefault(guid) ?? new DiskSection { Guid = guid, Views = [] };
        _disks[guid] = disk with { Views = [.. disk.Views!, view] };
        Take($"view of {guid}: {view.HostGroup ?? "all initiators"}, {view.TargetGroup ?? "all targets"}, LUN {lun}");

        string? Text(string name) => properties.GetValueOrDefault(name) is [var value, ..] ? value : null;
    }

    // Eight opaque bytes, in hexadecimal: the number stands in the low six bits of byte 0 and in byte 1.
    private static int? Lun(string? text)
    {
        if (text is not { Length: 16 } || !text.All(char.IsAsciiHexDigit)) return null;
        var bytes = Convert.FromHexString(text);
        return bytes[0] <= 0x3F && bytes.AsSpan(2).IndexOfAnyExcept((byte)0) < 0 ? bytes[0] << 8 | bytes[1] : null;
    }

    private void Provider(string group, ComstarIscsi iscsi)
    {
        var provider = group[ProviderPrefix.Length..];
        if (Unpack(export.Groups[group]) is not { } list)
        {
            Refuse($"provider data of {provider}: they are cut off or not packed as they should be");
        }
        else if (provider == "iscsit")
        {
            iscsi.Read(list);
        }
        else if (provider is "sbd" or "stmf_sbd")
        {
            foreach (var (name, value) in list) Disk(name, value as string);
        }
        else
        {
            Refuse($"provider data of {provider}: there is no such provider here");
        }
    }

    private void Disk(string name, string? path)
    {
        if (!StmfGuid.TryParse(name, out var guid) || path is null)
        {
            Refuse($"{name} of provider sbd: it is no disk");
            return;
        }
        Refuse($"disk {guid} in {path}: its data are not taken over. Copy them (sbd keeps metadata of its own in the "
            + "first 64 KiB of a file, not of a zvol) and say "
            + $"'stmfadm create-lu -p guid={guid} FILE'; its views wait");
    }

    // Chunks in hexadecimal, in the order of their numbers.
    private static IReadOnlyDictionary<string, object>? Unpack(Section properties)
    {
        const string Chunk = "provider_data_prop-";
        var text = string.Concat(properties
            .Select(property => (Number: SmfExport.NumberAfter(property.Key, Chunk), property.Value))
            .Where(chunk => chunk.Number is not null).OrderBy(chunk => chunk.Number)
            .Select(chunk => string.Concat(chunk.Value)));
        return text.Length > 0 && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit)
            ? PackedList.Read(Convert.FromHexString(text))
            : null;
    }

    private void Take(string text) => _lines.Add(new(true, text));

    private void Refuse(string text) => _lines.Add(new(false, text));
}
