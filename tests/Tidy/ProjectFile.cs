using System.Xml.Linq;

namespace Lunette.Tidy;

/// <summary>What a project file says it uses.</summary>
internal sealed record ProjectFile(string Path, string Name, string[] Uses, string[] Packages)
{
    public static ProjectFile Read(TextFile file)
    {
        var xml = XDocument.Parse(string.Join('\n', file.Lines));
        return new(
            file.Path,
            NameOf(file.Path),
            [.. Included(xml, "ProjectReference").Select(NameOf)],
            [.. Included(xml, "PackageReference")]);
    }

    public static IEnumerable<ProjectFile> All() => Tree.Matching("*.csproj").Select(Read);

    private static string NameOf(string path) => System.IO.Path.GetFileNameWithoutExtension(path.Replace('\\', '/'));

    private static IEnumerable<string> Included(XDocument xml, string item) =>
        xml.Descendants(item).Select(element => (string?)element.Attribute("Include")).OfType<string>();
}
