using System.Security.Cryptography;
using Lunette.Testing;

namespace Lunette.Fuzz.Engine;

/// <summary>Inputs kept in a folder, one file each, named by their content.</summary>
internal static class Corpus
{
    /// <summary>Prefix of files that once showed a defect; they are never minimised away.</summary>
    public const string DefectPrefix = "defect-";

    /// <summary>The target's folder in the tree.</summary>
    public static string InTree(string target) => Path.Combine(Repository.Root, "tests", "Fuzz", "corpus", target);

    /// <summary>The target's folder of what runs have found on this machine.</summary>
    public static string OfRuns(string target) => Path.Combine(Repository.Root, "artifacts", "fuzz", target);

    /// <summary>All inputs of a folder in a fixed order; none where there is no folder.</summary>
    public static IReadOnlyList<(string Name, byte[] Input)> Load(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*.bin").Order(StringComparer.Ordinal)
            .Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))]
        : [];

    /// <summary>What a run begins with: seeds, the tree's inputs, and those of earlier runs.</summary>
    public static IEnumerable<byte[]> Begin(FuzzTarget target) =>
        [.. target.Seeds(), .. Load(InTree(target.Name)).Select(one => one.Input),
            .. Load(Path.Combine(OfRuns(target.Name), "corpus")).Select(one => one.Input)];

    /// <summary>Keeps one input and returns its file.</summary>
    public static string Keep(string folder, byte[] input, string prefix = "")
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, prefix + Convert.ToHexStringLower(SHA256.HashData(input))[..12] + ".bin");
        File.WriteAllBytes(file, input);
        return file;
    }
}
