using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Lunette.Admin.Contracts;

namespace Lunette.Cli.Comstar;

/// <summary>
/// What <c>svccfg export</c> wrote of the service <c>system/stmf</c>: property groups, each with properties, each with
/// values. Where a group stands twice, in the service and in its instance, the later one counts.
/// </summary>
internal sealed class SmfExport
{
    private const string Service = "system/stmf";
    private const long FileBytesMax = 256 << 20;

    private readonly Dictionary<string, Dictionary<string, IReadOnlyList<string>>> _groups =
        new(StringComparer.Ordinal);

    /// <summary>Property groups by name.</summary>
    public IReadOnlyDictionary<string, Dictionary<string, IReadOnlyList<string>>> Groups => _groups;

    /// <summary>Reads a file; what is no such export is refused.</summary>
    public static StmfResult<SmfExport> Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > FileBytesMax) return Refused("it is too long for a configuration");
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null };
            using var reader = XmlReader.Create(file, settings);
            return From(XDocument.Load(reader));
        }
        catch (XmlException malformed)
        {
            return Refused(malformed.Message);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return Refused(unreadable.Message);
        }
    }

    /// <summary>The one value of a property; null where there is none.</summary>
    public string? Value(string group, string property) =>
        _groups.GetValueOrDefault(group)?.GetValueOrDefault(property) is [var only, ..] ? only : null;

    private static StmfResult<SmfExport> Refused(string why) =>
        new StmfResult(StmfStatus.InvalidArg, "this is not what 'svccfg export' writes: " + why);

    private static StmfResult<SmfExport> From(XDocument document)
    {
        var service = document.Descendants("service")
            .FirstOrDefault(element => element.Attribute("name")?.Value == Service);
        if (service is null) return Refused($"there is no service {Service} in it");
        var export = new SmfExport();
        foreach (var group in service.Descendants("property_group"))
        {
            if (group.Attribute("name")?.Value is not { } name) continue;
            if (!export._groups.TryGetValue(name, out var properties)) export._groups[name] = properties = [];
            foreach (var single in group.Elements("propval"))
                Add(properties, single, [single.Attribute("value")?.Value ?? ""]);
            foreach (var several in group.Elements("property"))
            {
                Add(properties, several, [.. several.Descendants("value_node")
                    .Select(node => node.Attribute("value")?.Value ?? "")]);
            }
        }
        return export;
    }

    private static void Add(
        Dictionary<string, IReadOnlyList<string>> into, XElement property, IReadOnlyList<string> values)
    {
        if (property.Attribute("name")?.Value is { } name) into[name] = values;
    }

    /// <summary>A number that ends a name, such as the 3 of <c>group_name-3</c>; null where there is none.</summary>
    public static int? NumberAfter(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
