using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer;

/// <summary>The SPC commands every emulated logical unit has, one row each; families have their own files.</summary>
internal static partial class PrimaryHandlers
{
    /// <summary>All rows.</summary>
    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        SupportedCommand.Plain<EmulatedUnit>(PrimaryCommands.TestUnitReady, ReservationAccess.UnlessReserved,
            static (_, _) => CommandOutcome.Good),
    ];
}
