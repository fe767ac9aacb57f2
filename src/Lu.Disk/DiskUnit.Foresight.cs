using Lunette.Scsi;

namespace Lunette.Lu.Disk;

/// <content>What is on its way is fetched ahead: random access waits for memory more than for anything else.</content>
public sealed partial class DiskUnit
{
    private static readonly bool[] s_foreseen = Foreseen(
        BlockCommands.Read10, BlockCommands.Read12, BlockCommands.Read16,
        BlockCommands.Write10, BlockCommands.Write12, BlockCommands.Write16);

    /// <inheritdoc/>
    public override void Foresee(ReadOnlySpan<byte> cdb, int commandsAhead)
    {
        if (!s_foreseen[cdb[0]] || OpenStore is not { } store) return;
        var range = BlockRange.Decode(cdb);
        if (!range.IsWithin(CapacityBlocks)) return;
        store.Foresee((long)range.Lba << _blockShift, (long)range.Count << _blockShift, commandsAhead);
    }

    private static bool[] Foreseen(params ReadOnlySpan<CommandDescriptor> rows)
    {
        var foreseen = new bool[byte.MaxValue + 1];
        foreach (var row in rows) foreseen[row.OperationCode] = true;
        return foreseen;
    }
}
