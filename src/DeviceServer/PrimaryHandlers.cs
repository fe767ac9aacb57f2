using Lunette.DeviceServer.Aliases;
using Lunette.DeviceServer.Commands;
using Lunette.DeviceServer.Diagnostics;
using Lunette.DeviceServer.Inquiry;
using Lunette.DeviceServer.LogPages;
using Lunette.DeviceServer.Maintenance;
using Lunette.DeviceServer.ModePages;
using Lunette.DeviceServer.Power;
using Lunette.DeviceServer.Reservations;
using Lunette.DeviceServer.Security;
using Lunette.Scsi;

namespace Lunette.DeviceServer;

/// <summary>The SPC commands every emulated logical unit has, one row each; families have their own files.</summary>
internal static class PrimaryHandlers
{
    /// <summary>All rows.</summary>
    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        SupportedCommand.Plain<EmulatedUnit>(PrimaryCommands.TestUnitReady, ReservationAccess.UnlessReserved,
            static (_, _) => CommandOutcome.Good),
        .. InquiryHandlers.Rows,
        .. PowerHandlers.Rows,
        .. SupportHandlers.Rows,
        .. AccessHandlers.Rows,
        .. InformationHandlers.Rows,
        .. PriorityHandlers.Rows,
        .. AliasHandlers.Rows,
        .. NexusRemovalHandlers.Rows,
        .. ManagementProtocolHandlers.Rows,
        .. LogHandlers.Rows,
        .. SecurityProtocolHandlers.Rows,
        .. DiagnosticHandlers.Rows,
        .. ModeSense.Rows,
        .. ModeSelect.Rows,
        .. ReserveInHandlers.Rows,
        .. ReserveOutHandlers.Rows,
        .. Spc2Reservations.Rows,
    ];
}
