using System.Runtime.CompilerServices;
using Lunette.Iscsi;

namespace Lunette.Port.Iscsi.Connections;

/// <content>
/// Commands that are here already and not yet carried out are announced to their logical units, two ahead of the one in
/// work: what they need comes from memory while others are worked on.
/// </content>
internal sealed partial class TargetConnection
{
    // Of the first PDU of a batch nothing was foreseen: its data is on its way while its header is looked at.
    private void ForeseeFirst(ReadOnlySpan<byte> bytes) => Foresee(bytes, commandsAhead: 0);

    /// <summary>Looks at what lies behind the PDU in work.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ForeseeNext(ReadOnlySpan<byte> behind)
    {
        if (behind.Length < BasicHeaderSegment.Length) return;
        Foresee(behind, commandsAhead: 1);
        var next = new PduFraming(behind, _headerDigest, _dataDigest).TotalLength;
        if (behind.Length - next >= BasicHeaderSegment.Length) Foresee(behind[next..], commandsAhead: 2);
    }

    private void Foresee(ReadOnlySpan<byte> pdu, int commandsAhead)
    {
        var bhs = new BasicHeaderSegment(pdu);
        if (bhs.OpCode != PduOpCode.ScsiCommand || _session.Nexus is not { } nexus) return;
        var command = ScsiCommand.Over(bhs);
        nexus.Map.Find(command.Lun)?.Foresee(command.Cdb, commandsAhead);
    }
}
