using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Protection;

/// <summary>
/// A command as a disk that supports protection information carries it out: by the ordinary handler while it is
/// formatted without (type 0), else by the steps of <see cref="ProtectedSteps"/>. One object per row; it keeps nothing
/// of a task.
/// </summary>
internal abstract class ProtectedCommand(CommandDescriptor descriptor, CommandHandler<DiskUnit> ordinary)
{
    /// <summary>The names the standard gives the protect field.</summary>
    public static readonly string[] FieldNames = ["RDPROTECT", "WRPROTECT", "VRPROTECT", "ORPROTECT"];

    private readonly CdbField? _protect = FieldNames.Select(descriptor.Layout.Find).FirstOrDefault(f => f is not null);
    private readonly CdbField? _expected = descriptor.Layout.Find("EXPECTED INITIAL LOGICAL BLOCK REFERENCE TAG");

    /// <summary>The command, with its protect field.</summary>
    public CommandDescriptor Descriptor { get; } = descriptor;

    /// <summary>Whether it writes the medium.</summary>
    public abstract bool Writes { get; }

    /// <summary>Whether the CDB carries what tags are expected; WRITE SCATTERED (32) has them in its list.</summary>
    protected virtual bool CarriesExpectedTags => _expected is not null;

    /// <summary>The handler of the row.</summary>
    public CommandOutcome Start(DiskUnit unit, TaskContext command)
    {
        var type = unit.ProtectionType;
        var code = (int)(_protect?.Get(command.Cdb) ?? 0);
        if (code != 0 && (type == ProtectionType.Type0 || code >= ProtectCode.Count)) return _protect!.Value.Invalid();
        if (type == ProtectionType.Type0) return ordinary(unit, command);
        // SBC-5, Type 2 protection: only a CDB that says what tags are expected may ask for protection information.
        if (code != 0 && type == ProtectionType.Type2 && !CarriesExpectedTags)
            return Sense.Illegal(AdditionalSense.InvalidCommandOperationCode);
        var control = unit.ProtectionControl;
        // SBC-5, Control mode page, RWWP.
        if (code == 0 && Writes && control.RejectsUnprotectedWrites && _protect is { } field) return field.Invalid();
        var transfer = ((DiskTask)command).Protected;
        transfer.Command = this;
        transfer.Type = type;
        transfer.Code = code;
        return Begin(unit, transfer);
    }

    /// <summary>Judges the CDB, and asks for Data-Out or enters the blocks.</summary>
    protected abstract CommandOutcome Begin(DiskUnit unit, ProtectedTransfer transfer);

    /// <summary>Sets what tags are expected, once the range is known.</summary>
    protected void ExpectTags(ProtectedTransfer transfer)
    {
        var task = transfer.Task;
        var control = transfer.Unit.ProtectionControl;
        transfer.Expected = _expected is { } field
            ? ExpectedTags.Read(task.Cdb[field.Index..], control)
            : ExpectedTags.For(transfer.Type, task.Range.Lba, control);
    }

    /// <summary>What is checked on the medium: less where nothing was asked for and DPICZ is one.</summary>
    protected static TagChecks ChecksOf(ProtectedTransfer transfer) =>
        transfer.Code == 0 && transfer.Unit.ProtectionControl.ChecksNothingUnasked
            ? TagChecks.None
            : ProtectCode.ChecksOf(transfer.Code);

    /// <summary>All Data-Out is there: checks it. Good to go on; pending when it has gone on by itself.</summary>
    public virtual CommandOutcome CheckArrived(ProtectedTransfer transfer) => transfer.TransfersTags
        ? transfer.CheckReceived(transfer.Task.Range.Count, ProtectCode.ChecksOf(transfer.Code))
        : CommandOutcome.Good;

    /// <summary>How many bytes of blocks are worked on at once.</summary>
    public virtual int ChunkBytes(int usual) => usual;

    /// <summary>Whether the data of the chunk are read before it is worked on.</summary>
    public abstract bool ReadsData(ProtectedTransfer transfer);

    /// <summary>Works on a chunk whose protection information is in memory; Good to go on.</summary>
    public abstract CommandOutcome Work(ProtectedTransfer transfer);

    /// <summary>Whether what it writes must be durable before it ends.</summary>
    public virtual bool IsDurable(ProtectedTransfer transfer) => transfer.Unit.MustBeDurable(transfer.Task.Cdb);

    /// <summary>All blocks are done.</summary>
    public virtual void Finish(ProtectedTransfer transfer) => transfer.Task.End(CommandOutcome.Good);

    /// <summary>
    /// Makes protection information for the chunk: what was received, or what is due where nothing was. The data are in
    /// <paramref name="data"/> from <paramref name="at"/> on, one block behind the other.
    /// </summary>
    protected static void MakeTags(ProtectedTransfer transfer, Runtime.Buffers.LeaseList data, int at)
    {
        var control = transfer.Unit.ProtectionControl;
        for (var i = 0u; i < transfer.Count; i++)
        {
            transfer.WriteTags(i, transfer.TransfersTags
                ? transfer.ReceivedTags(transfer.First + i)
                : transfer.Expected.Generate(transfer.GuardOf(data, at + ((int)i * transfer.BlockBytes)),
                    transfer.First + i, transfer.Type, control));
        }
    }

    /// <summary>
    /// Shows the chunk's received blocks to the store: as they lie in the Data-Out, or copied together where protection
    /// information lies between them.
    /// </summary>
    protected static bool TryShowReceived(ProtectedTransfer transfer)
    {
        var task = transfer.Task;
        var length = (int)transfer.Count * transfer.BlockBytes;
        if (!transfer.TransfersTags)
        {
            transfer.DataToWrite = task.ShowWindow(task.Task.DataOut, transfer.ReceivedAt(transfer.First), length);
            return true;
        }
        if (task.Scratch.Count == 0 && !task.TryLeaseScratch(length)) return false;
        for (var i = 0; i < transfer.Count; i++)
        {
            ProtectedTransfer.Copy(task.Task.DataOut, transfer.ReceivedAt(transfer.First + (uint)i), task.Scratch,
                i * transfer.BlockBytes, transfer.BlockBytes);
        }
        transfer.DataToWrite = task.Scratch;
        return true;
    }
}
