using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Medium;

/// <summary>
/// REPORT REFERRALS command (SBC-5). The whole medium is one user data segment, which every target port group reaches
/// in its access state.
/// </summary>
internal static class ReferralCommand
{
    public static CommandOutcome ReportReferrals(DiskUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var lba = BinaryPrimitives.ReadUInt64BigEndian(command.Cdb[2..]);
        if (lba >= unit.CapacityBlocks) return Sense.Illegal(AdditionalSense.LogicalBlockAddressOutOfRange);
        var groups = unit.PortGroups.Groups;
        data.WriteZeros(2);
        var lengthAt = data.ReserveUInt16();
        data.WriteZeros(3);
        data.WriteByte(groups.Length);
        data.WriteUInt64(0);
        data.WriteUInt64(unit.CapacityBlocks - 1);
        foreach (var group in groups)
        {
            data.WriteByte((int)group.State);
            data.WriteZeros(1);
            data.WriteUInt16(group.Identifier);
        }
        data.CloseUInt16(lengthAt);
        return CommandOutcome.Good;
    }
}
