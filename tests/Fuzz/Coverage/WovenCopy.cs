using System.Globalization;

namespace Lunette.Fuzz.Coverage;

/// <summary>
/// A copy of this program whose product assemblies are instrumented. It is a folder of its own, run as a process of its
/// own, so that nothing of the build is touched and a crash takes only the child along.
/// </summary>
internal static class WovenCopy
{
    private const string WordsFile = "woven-words.txt";
    private const string BlocksFile = "woven-blocks.txt";

    private static readonly string[] s_notProduct = ["Lunette.Fuzz.dll", "Lunette.Testing.dll"];

    /// <summary>Makes the copy anew and returns the program in it.</summary>
    public static string Make(string folder)
    {
        var here = AppContext.BaseDirectory;
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        foreach (var file in Directory.EnumerateFiles(here, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(here, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        var weaver = new Weaver();
        foreach (var file in Directory.EnumerateFiles(here, "Lunette.*.dll").Order(StringComparer.Ordinal))
            if (!s_notProduct.Contains(Path.GetFileName(file)))
                weaver.Weave(file, Path.Combine(folder, Path.GetFileName(file)));
        File.WriteAllLines(Path.Combine(folder, WordsFile), weaver.Words.Select(Convert.ToHexString));
        File.WriteAllText(Path.Combine(folder, BlocksFile), weaver.Blocks.ToString(CultureInfo.InvariantCulture));
        return Path.Combine(folder, "Lunette.Fuzz.dll");
    }

    /// <summary>How many blocks were instrumented; 0 in a program that is not such a copy.</summary>
    public static int Blocks => int.Parse(Read(BlocksFile).FirstOrDefault("0"), CultureInfo.InvariantCulture);

    /// <summary>The constants of the product's code; none in a program that is not such a copy.</summary>
    public static IReadOnlyList<byte[]> Words => [.. Read(WordsFile).Select(Convert.FromHexString)];

    private static string[] Read(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, name);
        return File.Exists(path) ? File.ReadAllLines(path) : [];
    }
}
