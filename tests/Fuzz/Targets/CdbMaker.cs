using Lunette.Fuzz.Engine;
using Lunette.Scsi;

namespace Lunette.Fuzz.Targets;

/// <summary>
/// CDBs that are nearly right, from the rows: the command's own fields, and now and then one that lies.
/// </summary>
internal static class CdbMaker
{
    /// <summary>Every command of the standards that there is a row for.</summary>
    public static IReadOnlyList<CommandDescriptor> Commands { get; } = [.. PrimaryCommands.All, .. BlockCommands.All];

    /// <summary>A CDB of one of the rows.</summary>
    public static byte[] Make(FuzzRandom random, IReadOnlyList<CommandDescriptor> rows)
    {
        var row = random.Of(rows);
        Span<byte> space = stackalloc byte[CdbLayout.LengthMax];
        var cdb = row.Begin(space);
        foreach (var field in row.Layout.Fields)
        {
            if (field.FixedValue is not null || random.OneIn(3)) continue;
            // Options set at random refuse nearly everything; lengths and addresses are what commands are made of.
            if (field.BitCount <= 8 && !random.OneIn(4)) continue;
            field.Set(cdb, random.Number(field.BitCount) & field.MaxValue);
        }
        if (random.OneIn(12)) cdb[random.Below(cdb.Length)] ^= (byte)(1 << random.Below(8));
        return cdb.ToArray();
    }
}
