using System.Runtime.CompilerServices;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Libstmf.Structures;

namespace Lunette.Libstmf.Tests;

/// <summary>The headers against the rows: what C must be told a second time is held to the first.</summary>
public class HeaderTests
{
    // Property bags and the door to a peer are the library's own; no verb of the daemon stands behind them.
    private static readonly string[] s_inTheLibrary =
    [
        "stmfCreateLuResource", "stmfFreeLuResource", "stmfGetLuProp", "stmfSetLuProp", "stmfInitProxyDoor",
        "stmfPostProxyMsg", "stmfDestroyProxyDoor",
    ];

    [Fact]
    public void Header_Declares_All61Functions()
    {
        var declared = Header.Functions.Where(name => name.StartsWith("stmf", StringComparison.Ordinal)).ToArray();
        Assert.Equal(61, declared.Length);
        var known = StmfVerbs.All.SelectMany(verb => verb.Functions)
            .Concat(StmfVerbs.InTheCaller.Select(row => row.Function)).Concat(s_inTheLibrary);
        Assert.Equal(known.Distinct().Order(StringComparer.Ordinal), declared.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Header_Codes_AreTheRows()
    {
        foreach (var row in StmfStatusRow.All) Assert.Equal((long)row.Status, Header.Constants[row.CName]);
        Assert.Equal(
            StmfStatusRow.All.Count,
            Header.Constants.Keys.Count(name => name.StartsWith("STMF_ERROR_", StringComparison.Ordinal)
                || name.StartsWith("STMF_STATUS_", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("STMF_LU_PROP_", typeof(LuProperty), "")]
    [InlineData("STMF_LOGICAL_UNIT_", typeof(LogicalUnitState), "")]
    [InlineData("STMF_TARGET_PORT_", typeof(TargetPortState), "")]
    [InlineData("STMF_SERVICE_STATE_", typeof(ServiceState), "")]
    [InlineData("STMF_CONFIG_STATE_", typeof(ConfigState), "")]
    [InlineData("STMF_PERSIST_", typeof(PersistMethod), "")]
    [InlineData("STMF_", typeof(StmfProperty), "")]
    [InlineData("STMF_", typeof(LuResourceType), "")]
    public void Header_Constants_AreTheEnumerations(string prefix, Type enumeration, string suffix)
    {
        foreach (var value in Enum.GetValues(enumeration))
        {
            var name = prefix + WordsOf(value.ToString()!) + suffix;
            Assert.Equal(Convert.ToInt64(value, null), Header.Constants[name]);
        }
    }

    // The same numbers stand in Programs/layout.c, where the compiler holds the header to them.
    [Fact]
    public void Structures_HaveTheSizesOfTheHeader()
    {
        Assert.Equal(16, Unsafe.SizeOf<CGuid>());
        Assert.Equal(8, Unsafe.SizeOf<CState>());
        Assert.Equal(256, Unsafe.SizeOf<CDevid>());
        Assert.Equal(256, Unsafe.SizeOf<CName>());
        Assert.Equal(260, Unsafe.SizeOf<CProvider>());
        Assert.Equal(520, Unsafe.SizeOf<CSession>());
        Assert.Equal(540, Unsafe.SizeOf<CViewEntry>());
        Assert.Equal(776, Unsafe.SizeOf<CTargetProperties>());
        Assert.Equal(560, Unsafe.SizeOf<CLogicalUnitProperties>());
        Assert.Equal(4, CList.OffsetOf<CDevid>());
        Assert.Equal(4, CList.OffsetOf<CViewEntry>());
        Assert.Equal(8, CList.OffsetOf<CSession>());
    }

    private static string WordsOf(string name) =>
        string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? "_" + c : char.ToUpperInvariant(c).ToString()));
}
