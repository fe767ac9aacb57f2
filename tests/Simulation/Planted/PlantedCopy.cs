namespace Lunette.Simulation.Planted;

/// <summary>A copy of this program with one mistake in it, run as a process of its own.</summary>
internal static class PlantedCopy
{
    /// <summary>Makes the copy and returns the program in it.</summary>
    public static string Make(PlantedBug bug, string folder)
    {
        var here = AppContext.BaseDirectory;
        foreach (var file in Directory.EnumerateFiles(here))
        {
            Directory.CreateDirectory(folder);
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
        bug.Weave(Path.Combine(here, bug.Assembly), Path.Combine(folder, bug.Assembly));
        return Path.Combine(folder, "Lunette.Simulation.dll");
    }
}
