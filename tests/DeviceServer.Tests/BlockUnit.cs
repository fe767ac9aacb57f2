using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.ModePages;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.DeviceServer.Tests;

/// <summary>
/// The smallest device type: an array of blocks, READ (10), WRITE (10) and FORMAT-like exclusiveness, whose medium can
/// be held so that commands stay in it.
/// </summary>
internal sealed class BlockUnit : EmulatedUnit
{
    public const int BlockLength = 512;
    public const int Blocks = 128;

    private static readonly CommandStep s_read = static (unit, command) => ((BlockUnit)unit).FinishRead(command);
    private static readonly CommandStep s_write = static (unit, command) => ((BlockUnit)unit).FinishWrite(command);
    private static readonly CommandStep s_enterWrite = static (unit, command) =>
        ((BlockUnit)unit).EnterMedium(command, s_write);

    private static readonly CommandTable<SupportedCommand> s_commands = TableOf(
        SupportedCommand.Plain<BlockUnit>(BlockCommands.Read10, ReservationAccess.WhenReading,
            static (unit, command) => unit.Read(command), ordering: Ordering.MediumRead),
        SupportedCommand.Plain<BlockUnit>(BlockCommands.Write10, ReservationAccess.WhenWriting,
            static (unit, command) => unit.Write(command), ordering: Ordering.MediumWrite),
        SupportedCommand.Plain<BlockUnit>(BlockCommands.SynchronizeCache10, ReservationAccess.WhenWriting,
            static (unit, command) => unit.Synchronize(command), ordering: Ordering.Exclusive));

    private readonly Lock _entries = new();
    private readonly byte[] _medium = new byte[Blocks * BlockLength];
    private readonly Queue<(TaskContext Command, CommandStep Next)> _held = new();

    public BlockUnit(UnitOptions options) : base(options, s_commands, BlockModePages.Caching)
    {
    }

    /// <summary>Commands stay in the medium until <see cref="ReleaseOne"/>.</summary>
    public bool Hold { get; set; }

    /// <summary>Commands in the medium.</summary>
    public int Held => _held.Count;

    /// <summary>LBAs in the order in which their commands entered the medium.</summary>
    public List<int> Entered { get; } = [];

    public int Resets { get; private set; }

    public static BlockUnit Make(Func<UnitOptions, UnitOptions>? with = null)
    {
        var options = new UnitOptions { Id = new(0x6000_0000_0000_0001, 2), Alias = "test" };
        return new BlockUnit(with?.Invoke(options) ?? options);
    }

    /// <summary>The oldest command in the medium comes out of it, on the calling thread.</summary>
    public void ReleaseOne()
    {
        var (command, next) = _held.Dequeue();
        Resume(command, next);
    }

    public void ReleaseAll()
    {
        while (_held.Count > 0) ReleaseOne();
    }

    protected override ValueTask<ControlResult> OpenAsync(CancellationToken stop) => new(ControlResult.Success);

    protected override ValueTask<ControlResult> CloseAsync(CancellationToken stop) => new(ControlResult.Success);

    protected override void OnReset() => Resets++;

    private CommandOutcome Read(TaskContext command)
    {
        var range = BlockRange.Decode10(command.Cdb);
        if (!range.IsWithin(Blocks))
            return CommandOutcome.Check(Sense.Illegal(AdditionalSense.LogicalBlockAddressOutOfRange));
        command.Task.CommandTransferLength = range.Count * BlockLength;
        EnterMedium(command, s_read);
        return CommandOutcome.Pending;
    }

    private CommandOutcome Write(TaskContext command)
    {
        var range = BlockRange.Decode10(command.Cdb);
        if (!range.IsWithin(Blocks))
            return CommandOutcome.Check(Sense.Illegal(AdditionalSense.LogicalBlockAddressOutOfRange));
        var length = (int)range.Count * BlockLength;
        if (length > command.Task.ExpectedDataOutLength)
            return CommandOutcome.Check(SenseKey.AbortedCommand, AdditionalSense.DataPhaseError);
        command.Task.CommandTransferLength = length;
        if (!Hold && command.ImmediateData.Length >= length)
        {
            NoteEntry((int)range.Lba);
            command.ImmediateData[..length].CopyTo(_medium.AsSpan((int)range.Lba * BlockLength));
            return CommandOutcome.Good;
        }
        RequestDataOut(command, length, s_enterWrite);
        return CommandOutcome.Pending;
    }

    private CommandOutcome Synchronize(TaskContext command)
    {
        EnterMedium(command, static (unit, done) => unit.Complete(done, CommandOutcome.Good));
        return CommandOutcome.Pending;
    }

    private void NoteEntry(int lba)
    {
        lock (_entries) Entered.Add(lba);
    }

    private void EnterMedium(TaskContext command, CommandStep next)
    {
        NoteEntry((int)BlockRange.Decode10(command.Cdb).Lba);
        if (Hold) _held.Enqueue((command, next));
        else Resume(command, next);
    }

    private void FinishRead(TaskContext command)
    {
        var range = BlockRange.Decode10(command.Cdb);
        var length = (int)range.Count * BlockLength;
        if (length > 0)
        {
            if (!command.Task.TryLeaseDataIn(length, out var lease))
            {
                Complete(command, CommandOutcome.TaskSetFull);
                return;
            }
            _medium.AsSpan((int)range.Lba * BlockLength, length).CopyTo(lease.Span);
            command.Task.DataIn.Add(lease);
        }
        Complete(command, CommandOutcome.Good);
    }

    private void FinishWrite(TaskContext command)
    {
        var range = BlockRange.Decode10(command.Cdb);
        command.Task.DataOut.Read(0, _medium.AsSpan((int)range.Lba * BlockLength, (int)range.Count * BlockLength));
        Complete(command, CommandOutcome.Good);
    }
}
