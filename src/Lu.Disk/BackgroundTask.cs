using Lunette.DeviceServer.Commands;
using Lunette.Runtime.Buffers;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Lu.Disk;

/// <summary>
/// A command that goes on after its status (IMMED): the same command once more, sent by the logical unit on behalf of
/// the nexus. So resets, the loss of the nexus and going offline end it as they end any command.
/// </summary>
internal sealed class BackgroundTask : ScsiTask
{
    /// <summary>The tag of what a logical unit sends itself; no initiator's is as long.</summary>
    public const ulong OwnTag = ulong.MaxValue;

    private readonly byte[] _list;

    private BackgroundTask(ScsiTask command, ReadOnlySpan<byte> cdb, ReadOnlySpan<byte> list)
    {
        _list = list.ToArray();
        Begin(cdb);
        Nexus = command.Nexus;
        Lun = command.Lun;
        IsStep = true;
        Tag = OwnTag;
        ExpectedDataOutLength = (uint)_list.Length;
        ArrivedNanoseconds = Nexus.Loop.NowNanoseconds;
    }

    /// <summary>It is under way: the command that asked for it has done its part.</summary>
    public bool HasBegun { get; set; }

    public override ReadOnlySpan<byte> ImmediateData => _list;

    /// <summary>Starts what a command asks for; how that command ends.</summary>
    /// <param name="unit">The logical unit.</param>
    /// <param name="command">The command.</param>
    /// <param name="cdb">What is sent on its behalf.</param>
    /// <param name="list">Its parameter list; empty where it has none.</param>
    public static CommandOutcome Start(
        DiskUnit unit, ScsiTask command, ReadOnlySpan<byte> cdb, ReadOnlySpan<byte> list)
    {
        var task = new BackgroundTask(command, cdb, list) { LogicalUnit = unit };
        unit.Submit(task);
        if (task.HasBegun) return CommandOutcome.Good;
        return Scsi.Sense.TryParse(task.Sense, out var sense)
            ? CommandOutcome.Check(sense)
            : CommandOutcome.Of(task.Status);
    }

    public override DataOutResult RequestDataOut(int length) => DataOutResult.NoBuffer;

    public override bool TryLeaseDataIn(int length, out Lease lease)
    {
        lease = default;
        return false;
    }

    protected override void OnEnded(bool answered)
    {
        DataIn.Release();
        DataOut.Release();
    }
}
