using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Maintenance;

/// <summary>
/// MANAGEMENT PROTOCOL IN and OUT commands (SPC-6): the management protocol information protocol, which says that there
/// is no other; and it takes no data.
/// </summary>
internal static class ManagementProtocolHandlers
{
    private const byte ManagementProtocolInformation = 0x00;

    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        SupportedCommand.DataIn<EmulatedUnit>(PrimaryCommands.ManagementProtocolIn, ReservationAccess.WhenReading,
            ProtocolIn, Conditions.NoMedium),
        SupportedCommand.Plain<EmulatedUnit>(PrimaryCommands.ManagementProtocolOut, ReservationAccess.WhenWriting,
            static (_, _) => CommandOutcome.InvalidFieldInCdb(2), Conditions.NoMedium),
    ];

    private static CommandOutcome ProtocolIn(EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var cdb = command.Cdb;
        if (cdb[2] != ManagementProtocolInformation) return CommandOutcome.InvalidFieldInCdb(2);
        // MANAGEMENT PROTOCOL SPECIFIC1 is reserved, SPECIFIC2 asks for the list and nothing else.
        if (cdb[3..6].ContainsAnyExcept((byte)0)) return CommandOutcome.InvalidFieldInCdb(3);
        if (cdb[10] != 0) return CommandOutcome.InvalidFieldInCdb(10);
        data.WriteZeros(6);
        data.WriteUInt16(1);
        data.WriteByte(ManagementProtocolInformation);
        return CommandOutcome.Good;
    }
}
