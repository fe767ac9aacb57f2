using Lunette.Port.Virtual;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests.TaskModel;

/// <summary>The command of a step, as it goes to the disk.</summary>
internal static class ModelCommand
{
    private const byte NormalAca = 0x04;
    private const int SenseRoom = 252;

    /// <summary>The CDB, what to send, and the room for what comes.</summary>
    public static (byte[] Cdb, byte[] DataOut, int Room) Of(OracleTask task, Func<int, TransportId> portOf)
    {
        var lba = (ulong)task.Lba;
        var (cdb, dataOut, room) = task.Step.Deed switch
        {
            Deed.Read => (Cdb.Blocks(BlockCommands.Read10, lba, 1), [], 512),
            Deed.Write or Deed.WriteAskedFor => (Cdb.Blocks(BlockCommands.Write10, lba, 1), new byte[512], 0),
            Deed.ReadPastTheEnd => (Cdb.Blocks(BlockCommands.Read10, 1 << 20, 1), [], 512),
            Deed.TestUnitReady => (Cdb.Of(PrimaryCommands.TestUnitReady), [], 0),
            Deed.Inquiry => (Cdb.Of(PrimaryCommands.Inquiry, ("ALLOCATION LENGTH", 36UL)), [], 36),
            Deed.RequestSense => (Cdb.Of(PrimaryCommands.RequestSense, ("DESC", lba % 2),
                ("ALLOCATION LENGTH", (ulong)SenseRoom)), [], SenseRoom),
            Deed.StrayBit => ((byte[])[0, 0x01, 0, 0, 0, 0], (byte[])[], 0),
            Deed.ModeSelect => (Cdb.Of(PrimaryCommands.ModeSelect10, ("PF", 1UL), ("PARAMETER LIST LENGTH", 20UL)),
                task.Step.Control!.ToList(), 0),
            Deed.Reserve => (Cdb.Of(PrimaryCommands.Reserve6), [], 0),
            Deed.Release => (Cdb.Of(PrimaryCommands.Release6), [], 0),
            _ => ReserveOut(task.Step, portOf),
        };
        if (task.Step.Naca) cdb[^1] |= NormalAca;
        return (cdb, dataOut, room);
    }

    /// <summary>What REQUEST SENSE reported.</summary>
    public static (SenseKey Key, AdditionalSense Code) SenseOf(byte[] dataIn, VirtualCommand command)
    {
        Assert.True(Sense.TryParse(dataIn.AsSpan(0, command.DataInLength), out var sense));
        return (sense.Key, sense.Code);
    }

    private static (byte[], byte[], int) ReserveOut(ModelStep step, Func<int, TransportId> portOf)
    {
        var wish = step.Wish!;
        var list = wish.ListFor(portOf(wish.To));
        var cdb = Cdb.Of(wish.Command, ("PARAMETER LIST LENGTH", (ulong)list.Length));
        if (!wish.Moves) wish.Command.Layout["TYPE"].Set(cdb, (ulong)wish.Type);
        return (cdb, list, 0);
    }
}
