using Lunette.Scsi;

namespace Lunette.Stmf.Contracts.Tests;

public class LunMapTests
{
    [Fact]
    public void Empty_AnyLun_FindsNothing()
    {
        Assert.Null(LunMap.Empty.Find(Lun.Zero));
        Assert.Null(LunMap.Empty.Find(Lun.FromNumber(Lun.NumberMax)));
        Assert.Empty(LunMap.Empty.Entries);
    }

    [Fact]
    public void Find_BothAddressingMethods_SameLogicalUnit()
    {
        var unit = new StillUnit(1);
        var map = LunMap.Empty.With(5, unit);
        Assert.Same(unit, map.Find(Lun.FromWire(0x0005UL << 48)));
        Assert.Same(unit, map.Find(Lun.FromWire(0x4005UL << 48)));
        Assert.Null(map.Find(Lun.FromWire(0x0105UL << 48)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void With_RandomChanges_AgreesWithDictionary(int seed)
    {
        var random = new Random(seed);
        var oracle = new SortedDictionary<int, LogicalUnit>();
        var map = LunMap.Empty;
        for (var step = 0; step < 2000; step++)
        {
            var number = random.Next(4) == 0 ? random.Next(Lun.NumberMax + 1) : random.Next(300);
            var before = map;
            var unit = random.Next(3) == 0 ? null : new StillUnit((ulong)step);
            map = map.With(number, unit);
            Assert.Equal(oracle.GetValueOrDefault(number), before.Find(Lun.FromNumber(number)));
            if (unit is null) oracle.Remove(number);
            else oracle[number] = unit;
            Assert.Equal(oracle.Count, map.Count);
        }
        Assert.Equal(oracle.Keys, map.Entries.Select(e => e.Lun.Number));
        Assert.Equal(oracle.Values, map.Entries.Select(e => e.LogicalUnit));
        Assert.True(map.SeesSameAs(new LunMap(map.Entries)));
    }

    [Fact]
    public void SeesSameAs_OneLunDiffers_No()
    {
        var unit = new StillUnit(1);
        var map = LunMap.Empty.With(3, unit);
        Assert.False(map.SeesSameAs(LunMap.Empty.With(4, unit)));
        Assert.False(map.SeesSameAs(LunMap.Empty.With(3, new StillUnit(1))));
        Assert.False(map.SeesSameAs(map.With(400, unit)));
        Assert.True(map.SeesSameAs(map.With(400, unit).With(400, null)));
    }
}
