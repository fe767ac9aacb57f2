using System.Text;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Inquiry;

/// <summary>
/// INQUIRY, REPORT LUNS and REQUEST SENSE (SPC-6), which every logical unit answers in any condition, and READ MEDIA
/// SERIAL NUMBER.
/// </summary>
internal static class InquiryHandlers
{
    /// <summary>Room for the LUNs one nexus can see.</summary>
    internal const int InventoryLengthMax = 8 + (8 * (Lun.NumberMax + 1));

    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        SupportedCommand.DataIn<EmulatedUnit>(
            PrimaryCommands.Inquiry, ReservationAccess.Always, Inquiry, Conditions.All),
        SupportedCommand.DataIn<EmulatedUnit>(
            PrimaryCommands.ReportLuns, ReservationAccess.Always, ReportLuns, Conditions.All, InventoryLengthMax),
        SupportedCommand.DataIn<EmulatedUnit>(
            PrimaryCommands.RequestSense, ReservationAccess.Always, RequestSense,
            Conditions.All | Conditions.PowerCycleRequired),
        SupportedCommand.DataIn<EmulatedUnit>(
            PrimaryCommands.ReadMediaSerialNumber, ReservationAccess.Always, ReadMediaSerialNumber),
    ];

    // The medium is the logical unit's own, and has its serial number; it fills whole words (SPC-6).
    private static CommandOutcome ReadMediaSerialNumber(
        EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var serial = Encoding.UTF8.GetBytes(unit.SerialNumber);
        var length = (serial.Length + 3) & ~3;
        data.WriteUInt32((uint)length);
        data.Write(serial);
        data.WriteZeros(length - serial.Length);
        return CommandOutcome.Good;
    }

    private static CommandOutcome Inquiry(EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var cdb = command.Cdb;
        if ((cdb[1] & 0x01) == 0)
        {
            if (cdb[2] != 0) return CommandOutcome.InvalidFieldInCdb(2);
            unit.StandardInquiryData.Write(ref data);
            return CommandOutcome.Good;
        }
        return unit.WriteVpdPage((VpdPageCode)cdb[2], command, ref data)
            ? CommandOutcome.Good
            : CommandOutcome.InvalidFieldInCdb(2);
    }

    private static CommandOutcome ReportLuns(EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var nexus = command.Itl.Nexus;
        // Taken before the map, so that a change in between is told once more rather than never.
        var generation = nexus.InventoryGeneration;
        if (!LunReport.TryWrite((SelectReport)command.Cdb[2], nexus.Map, ref data))
            return CommandOutcome.InvalidFieldInCdb(2);
        nexus.InventoryReported = generation;
        return CommandOutcome.Good;
    }

    private static CommandOutcome RequestSense(EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        Span<byte> bytes = stackalloc byte[Sense.LengthMax];
        data.Write(bytes[..unit.TakeSense(command.Itl).Write(bytes, (command.Cdb[1] & 0x01) != 0)]);
        return CommandOutcome.Good;
    }
}
