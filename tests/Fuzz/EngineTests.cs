using System.Buffers.Binary;
using Lunette.Fuzz.Coverage;
using Lunette.Fuzz.Engine;
using Lunette.Scsi;

namespace Lunette.Fuzz;

/// <summary>The engine finds what was planted, and says nothing where nothing is.</summary>
[Collection("Edges")]
public class EngineTests
{
    private static FuzzTarget Toy(FuzzAction fuzz) => new("toy", "planted", fuzz, () => [new byte[8]])
    {
        LengthMax = 64,
        AllocationBase = 4096,
        AllocationPerByte = 0,
    };

    private static FuzzLoop Search(FuzzTarget target, int executions)
    {
        var loop = new FuzzLoop(target, 7143, target.Seeds(), []);
        loop.Run(() => loop.Executions < executions && loop.Findings.Count == 0);
        return loop;
    }

    // Byte by byte into a trap: without coverage as a guide it takes 2^32 executions by chance. The toy counts its
    // branches as woven code does.
    private static void Maze(ReadOnlySpan<byte> input)
    {
        Edges.Hit(1);
        if (input.Length < 4 || input[0] != 'L') return;
        Edges.Hit(2);
        if (input[1] != 'U') return;
        Edges.Hit(3);
        if (input[2] != 'N') return;
        Edges.Hit(4);
        if (input[3] == 'E') throw new InvalidOperationException("planted");
    }

    [Fact]
    public void Search_TrapBehindFourBytes_IsFoundWithin50000Executions() =>
        Assert.Contains("planted", Assert.Single(Search(Toy(Maze), 50_000).Findings).What, StringComparison.Ordinal);

    [Fact]
    public void Search_LengthThatIsBelieved_IsFoundWithin5000Executions()
    {
        var found = Search(Toy(static input =>
        {
            if (input.Length < 2) return;
            _ = input.Slice(2, BinaryPrimitives.ReadUInt16BigEndian(input));
        }), 5_000);
        Assert.Contains("ArgumentOutOfRange", Assert.Single(found.Findings).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Search_AllocationByPromise_IsFoundWithin5000Executions()
    {
        var found = Search(Toy(static input =>
        {
            if (input.Length >= 2) GC.KeepAlive(new byte[BinaryPrimitives.ReadUInt16BigEndian(input)]);
        }), 5_000);
        Assert.Contains("allocated", Assert.Single(found.Findings).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Search_LoopWithoutEnd_IsFoundWithin5000Executions()
    {
        var found = Search(Toy(static input =>
        {
            for (var i = 0; i >= 0 && input.Length > 3 && input[2] == 0xFF; i = (i + 1) & 7) Edges.Hit(9);
        }), 5_000);
        Assert.Contains("steps", Assert.Single(found.Findings).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Search_NothingPlanted_FindsNothing() =>
        Assert.Empty(Search(Toy(static input => Edges.Hit(input.Length)), 5_000).Findings);

    [Fact]
    public void Search_SameSeed_SameInputs() =>
        Assert.Equal(Search(Toy(Maze), 2_000).Inputs, Search(Toy(Maze), 2_000).Inputs);

    [Fact]
    public void Weaver_ProductAssembly_WeavesBlocksAndCollectsItsConstants()
    {
        var weaver = new Weaver();
        var folder = Directory.CreateTempSubdirectory("lunette-weave-");
        try
        {
            weaver.Weave(typeof(Sense).Assembly.Location, Path.Combine(folder.FullName, "Lunette.Scsi.dll"));
            Assert.True(new FileInfo(Path.Combine(folder.FullName, "Lunette.Scsi.dll")).Length > 0);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        Assert.InRange(weaver.Blocks, 500, Edges.BlocksMax);
        Assert.Contains(weaver.Words, word => word.AsSpan().SequenceEqual("ALLOCATION LENGTH"u8));
    }
}
