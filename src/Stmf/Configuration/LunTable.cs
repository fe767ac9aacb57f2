using System.Collections.Immutable;
using System.Numerics;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Stmf.Configuration;

/// <summary>
/// The LUNs taken by the view entries of one (host group, target group) pair. Immutable; a change copies 2 KiB and a
/// path of a tree, however many entries there are.
/// </summary>
public sealed class LunTable
{
    private const int Words = (Lun.NumberMax + 1) / 64;
    private readonly ulong[] _taken;

    private LunTable(ulong[] taken, ImmutableDictionary<int, LogicalUnitId> units)
    {
        _taken = taken;
        Units = units;
    }

    /// <summary>Nothing taken.</summary>
    public static LunTable Empty { get; } = new(new ulong[Words], ImmutableDictionary<int, LogicalUnitId>.Empty);

    /// <summary>From LUN to logical unit.</summary>
    public ImmutableDictionary<int, LogicalUnitId> Units { get; }

    /// <summary>Whether a LUN is taken.</summary>
    public bool IsTaken(int lun) => (_taken[lun >> 6] & (1UL << (lun & 63))) != 0;

    internal LunTable With(int lun, LogicalUnitId unit) => new(Flip(lun), Units.Add(lun, unit));

    internal LunTable Without(int lun) => new(Flip(lun), Units.Remove(lun));

    /// <summary>The lowest LUN no table has taken; -1 when all are.</summary>
    internal static int LowestFree(List<LunTable> tables)
    {
        for (var word = 0; word < Words; word++)
        {
            var taken = 0UL;
            foreach (var table in tables) taken |= table._taken[word];
            if (taken != ulong.MaxValue) return (word << 6) + BitOperations.TrailingZeroCount(~taken);
        }
        return -1;
    }

    private ulong[] Flip(int lun)
    {
        var taken = (ulong[])_taken.Clone();
        taken[lun >> 6] ^= 1UL << (lun & 63);
        return taken;
    }
}
