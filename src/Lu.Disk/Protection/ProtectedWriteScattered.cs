using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.Lu.Disk.Writing;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Protection;

/// <summary>
/// WRITE SCATTERED commands of a protected disk: each range like a WRITE. WRITE SCATTERED (32) says in each descriptor
/// what tags it expects.
/// </summary>
internal sealed class ProtectedWriteScattered(CommandDescriptor descriptor)
    : ProtectedWrite(descriptor, WriteScatteredCommands.WriteScattered)
{
    private readonly bool _hasTags = descriptor.OperationCode == CdbLayout.VariableLength;

    protected override bool CarriesExpectedTags => _hasTags;

    protected override CommandOutcome Begin(DiskUnit unit, ProtectedTransfer transfer) =>
        WriteScatteredCommands.Begin(unit, transfer.Task, transfer.TransferBytes);

    /// <summary>Turns to a range, the task's: where its data are, and what its descriptor says of tags.</summary>
    public void Aim(ProtectedTransfer transfer, int dataAt, ulong tags)
    {
        transfer.DataOutAt = dataAt;
        var control = transfer.Unit.ProtectionControl;
        Span<byte> bytes = stackalloc byte[ExpectedTags.Length];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, tags);
        transfer.Expected = _hasTags && transfer.Type == ProtectionType.Type2
            ? ExpectedTags.Read(bytes, control)
            : ExpectedTags.For(transfer.Type, transfer.Task.Range.Lba, control);
    }

    public override bool IsDurable(ProtectedTransfer transfer) => WriteScatteredCommands.IsDurable(transfer.Task);

    public override void Finish(ProtectedTransfer transfer) => WriteScatteredCommands.GoOn(transfer.Task);
}
