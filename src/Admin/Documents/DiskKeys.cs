using Lunette.Admin.Contracts;

namespace Lunette.Admin.Documents;

/// <summary>The properties of a disk that stand in a document, by the keys of <c>stmfadm create-lu -p</c>.</summary>
internal static class DiskKeys
{
    private const string Size = "size";

    // Who it is and where it lies stand beside the properties; what only shapes a new GUID is no property afterwards.
    private static readonly Dictionary<string, LuPropertyRow> s_rows = LuPropertyRow.All
        .Where(row => row is { AtCreate: true, Readable: true }
            && row.Property is not (LuProperty.Guid or LuProperty.Filename))
        .ToDictionary(row => row.Key ?? Size, StringComparer.Ordinal);

    public static IReadOnlyDictionary<string, LuPropertyRow> Rows => s_rows;

    public static SortedDictionary<string, string> Write(LuResource resource)
    {
        var properties = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, row) in s_rows)
        {
            // What can be set later is written also where it is not set, so that applying can take it away again.
            if (resource.Values.TryGetValue(row.Property, out var value)) properties[key] = value;
            else if (row.Modifiable && row.Check("").Succeeded) properties[key] = "";
        }
        return properties;
    }
}
