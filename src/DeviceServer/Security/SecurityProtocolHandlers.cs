using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Security;

/// <summary>
/// SECURITY PROTOCOL IN and OUT commands (SPC-6): the security protocol information protocol, which says that there is
/// no other; and it takes no data.
/// </summary>
internal static class SecurityProtocolHandlers
{
    private const byte SecurityProtocolInformation = 0x00;
    private const ushort SupportedProtocols = 0x0000;
    private const ushort CertificateData = 0x0001;

    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        SupportedCommand.DataIn<EmulatedUnit>(PrimaryCommands.SecurityProtocolIn,
            ReservationAccess.WhenReading, ProtocolIn, Conditions.NoMedium),
        SupportedCommand.Plain<EmulatedUnit>(PrimaryCommands.SecurityProtocolOut, ReservationAccess.WhenWriting,
            static (_, _) => CommandOutcome.InvalidFieldInCdb(1), Conditions.NoMedium),
    ];

    private static CommandOutcome ProtocolIn(EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var cdb = command.Cdb;
        if (cdb[1] != SecurityProtocolInformation) return CommandOutcome.InvalidFieldInCdb(1);
        switch (BinaryPrimitives.ReadUInt16BigEndian(cdb[2..]))
        {
            case SupportedProtocols:
                data.WriteZeros(6);
                data.WriteUInt16(1);
                data.WriteByte(SecurityProtocolInformation);
                return CommandOutcome.Good;
            case CertificateData:
                // No certificate: a list of no bytes.
                data.WriteZeros(4);
                return CommandOutcome.Good;
            default:
                return CommandOutcome.InvalidFieldInCdb(2);
        }
    }
}
