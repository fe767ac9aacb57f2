using Lunette.Fuzz.Engine;
using Lunette.Fuzz.Targets;

namespace Lunette.Fuzz;

/// <summary>What <c>./test</c> does with the fuzz targets: the corpus, and a short seeded run of each.</summary>
[Collection("Edges")]        // counters are static, and both classes count
public class FuzzTests
{
    // Always the same, so that a red test stays red; ./dev fuzz takes another one each time.
    private const int Seed = 7143;

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Target_FedItsCorpus_KeepsItsBounds(string name)
    {
        var target = FuzzTargets.Find(name);
        Assert.NotEmpty(target.Seeds());
        foreach (var input in target.Seeds()) Check(target, input, "a seed");
        foreach (var (file, input) in Corpus.Load(Corpus.InTree(name))) Check(target, input, file);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Target_FedSeededChance_KeepsItsBounds(string name)
    {
        var target = FuzzTargets.Find(name);
        var loop = new FuzzLoop(target, Seed, target.Seeds(), []);
        loop.Run(() => loop.Executions < target.ShortRun && loop.Findings.Count == 0);
        Assert.True(loop.Findings.Count == 0, loop.Findings is [var first, ..]
            ? $"seed {Seed}: {first.What}\ninput: {Convert.ToHexString(first.Input)}" : "");
    }

    [Fact]
    public void Corpus_InTree_IsSmallAndOfTargets()
    {
        var root = Path.GetDirectoryName(Corpus.InTree("x"))!;
        var folders = Directory.EnumerateDirectories(root).Select(folder => Path.GetFileName(folder));
        Assert.Empty(folders.Except(FuzzTargets.All.Select(target => target.Name)));
        Assert.InRange(FuzzTargets.All.Sum(target => Corpus.Load(Corpus.InTree(target.Name)).Sum(one =>
            one.Input.Length)),
            0, 400 << 10);
    }

    private static void Check(FuzzTarget target, byte[] input, string which)
    {
        var finding = Execution.Run(target, input);
        Assert.True(finding is null, $"{which}: {finding?.What}\ninput: {Convert.ToHexString(input)}");
    }
}
