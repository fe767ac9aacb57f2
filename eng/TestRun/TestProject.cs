using System.Xml.Linq;

namespace Lunette.TestRun;

/// <summary>One built test project: an executable that carries xunit's own runner.</summary>
internal sealed record TestProject(string Name, string Assembly)
{
    /// <summary>The test projects of the solution, in its order. A library under <c>tests/</c> has no runner.</summary>
    public static List<TestProject> Find(string root, string? only)
    {
        List<TestProject> found = [];
        foreach (var project in XDocument.Load(Path.Combine(root, "Lunette.slnx")).Descendants("Project"))
        {
            var path = (string?)project.Attribute("Path") ?? "";
            var name = Path.GetFileNameWithoutExtension(path);
            var output = Path.Combine(root, "artifacts", "bin", name, "release");
            if (path.StartsWith("tests/", StringComparison.Ordinal)
                && (only is null || IsNamed(name, only))
                && File.Exists(Path.Combine(output, "xunit.v3.runner.inproc.console.dll")))
            {
                found.Add(new(name, Path.Combine(output, $"Lunette.{name}.dll")));
            }
        }
        return found;
    }

    private static bool IsNamed(string name, string asked) =>
        name.Equals(asked, StringComparison.OrdinalIgnoreCase)
        || name.Equals(asked + ".Tests", StringComparison.OrdinalIgnoreCase);
}
