using Lunette.DeviceServer.Commands;
using Lunette.Runtime.Buffers;
using Lunette.Stmf.Contracts.Tasks;

namespace Lunette.Lu.Disk.Copying;

/// <summary>
/// A third-party copy that goes on after its command has ended (IMMED): the same command once more, sent by the copy
/// manager on behalf of the nexus. So resets, the loss of the nexus and going offline end it as they end any command,
/// and it holds nobody up.
/// </summary>
internal sealed class BackgroundCopy : ScsiTask
{
    /// <summary>The tag of what the copy manager sends; no initiator's is as long.</summary>
    public const ulong StepTag = ulong.MaxValue;

    private readonly byte[] _list;

    private BackgroundCopy(ScsiTask command, ReadOnlySpan<byte> list)
    {
        _list = list.ToArray();
        Begin(command.Cdb);
        Nexus = command.Nexus;
        Lun = command.Lun;
        IsStep = true;
        Tag = StepTag;
        ExpectedDataOutLength = (uint)_list.Length;
        ArrivedNanoseconds = Nexus.Loop.NowNanoseconds;
    }

    /// <summary>The copy is under way: the command that asked for it has done its part.</summary>
    public bool HasBegun { get; set; }

    public override ReadOnlySpan<byte> ImmediateData => _list;

    /// <summary>Starts the copy that a command asks for; how that command ends.</summary>
    public static CommandOutcome Start(DiskUnit unit, ScsiTask command, ReadOnlySpan<byte> list)
    {
        var copy = new BackgroundCopy(command, list) { LogicalUnit = unit };
        unit.Submit(copy);
        if (copy.HasBegun) return CommandOutcome.Good;
        return Scsi.Sense.TryParse(copy.Sense, out var sense)
            ? CommandOutcome.Check(sense)
            : CommandOutcome.Of(copy.Status);
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
