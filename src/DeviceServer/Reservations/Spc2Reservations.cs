using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Reservations;

/// <summary>
/// RESERVE and RELEASE (SPC-2), which initiators still send. With persistent reservations they go by SPC-3, Exceptions
/// to SPC-2 RESERVE and RELEASE behavior (CRH): registrants and holders may send them, to no effect.
/// </summary>
internal static class Spc2Reservations
{
    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        Row(PrimaryCommands.Reserve6, Reserve),
        Row(PrimaryCommands.Reserve10.Without("3RDPTY", "LONGID", "THIRD-PARTY DEVICE ID", "PARAMETER LIST LENGTH"),
            Reserve),
        Row(PrimaryCommands.Release6, Release),
        Row(PrimaryCommands.Release10.Without("3RDPTY", "LONGID", "THIRD-PARTY DEVICE ID", "PARAMETER LIST LENGTH"),
            Release),
    ];

    private static SupportedCommand Row(CommandDescriptor descriptor, CommandHandler<EmulatedUnit> handler) =>
        SupportedCommand.Plain(descriptor, ReservationAccess.DecidedByHandler, handler, Conditions.NoMedium,
            Ordering.Configuration);

    private static CommandOutcome Reserve(EmulatedUnit unit, TaskContext command) =>
        unit.TryReserveBySpc2(command.Itl) ? CommandOutcome.Good : CommandOutcome.ReservationConflict;

    private static CommandOutcome Release(EmulatedUnit unit, TaskContext command) =>
        unit.TryReleaseBySpc2(command.Itl) ? CommandOutcome.Good : CommandOutcome.ReservationConflict;
}
