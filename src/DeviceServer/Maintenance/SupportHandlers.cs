using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Maintenance;

/// <summary>
/// REPORT SUPPORTED OPERATION CODES and REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS (SPC-6): read from the rows that
/// dispatch reads.
/// </summary>
internal static class SupportHandlers
{
    private static readonly TaskManagementFunction[] s_functions =
    [
        TaskManagementFunction.AbortTask, TaskManagementFunction.AbortTaskSet, TaskManagementFunction.ClearAca,
        TaskManagementFunction.ClearTaskSet, TaskManagementFunction.LogicalUnitReset, TaskManagementFunction.QueryTask,
        TaskManagementFunction.QueryTaskSet, TaskManagementFunction.QueryAsynchronousEvent,
        TaskManagementFunction.ItNexusReset,
    ];

    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        SupportedCommand.DataIn<EmulatedUnit>(PrimaryCommands.ReportSupportedOperationCodes,
            ReservationAccess.WhenReading, ReportOperationCodes, Conditions.NoMedium | Conditions.Sanitizing,
            dataLengthMax: 1 << 15),
        SupportedCommand.DataIn<EmulatedUnit>(PrimaryCommands.ReportSupportedTaskManagementFunctions,
            ReservationAccess.WhenReading, ReportFunctions, Conditions.NoMedium | Conditions.Sanitizing),
    ];

    private static CommandOutcome ReportOperationCodes(
        EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var cdb = command.Cdb;
        var options = (ReportingOptions)(cdb[2] & 0x07);
        var withTimeouts = (cdb[2] & 0x80) != 0;
        var (code, action) = (cdb[3], (ushort)(cdb[4] << 8 | cdb[5]));
        var commands = unit.Commands;
        switch (options)
        {
            case ReportingOptions.All:
                SupportedOperationCodesData.WriteAll(ref data,
                    commands.Rows.OrderBy(static row => row.Descriptor.OperationCode)
                        .ThenBy(static row => row.Descriptor.ServiceAction)
                        .Select(row => (row.Descriptor, TimeoutsOf(row, withTimeouts))));
                return CommandOutcome.Good;
            // SPC-6: asking in the wrong way for a code is an error, where the code is supported.
            case ReportingOptions.OneOperationCode when commands.HasServiceActions(code):
            case ReportingOptions.OneServiceAction when commands.Knows(code) && !commands.HasServiceActions(code):
                return CommandOutcome.InvalidFieldInCdb(2, bit: 2);
            case ReportingOptions.OneOperationCode:
            case ReportingOptions.OneServiceAction:
            case ReportingOptions.OneEitherWay:
                // Where a code has no service actions, zero is the only one that can be asked for with it.
                var row = options == ReportingOptions.OneEitherWay && action != 0 && !commands.HasServiceActions(code)
                    ? null
                    : commands.Find(code, action);
                SupportedOperationCodesData.WriteOne(ref data, row?.Descriptor, TimeoutsOf(row, withTimeouts));
                return CommandOutcome.Good;
            default:
                return CommandOutcome.InvalidFieldInCdb(2, bit: 2);
        }
    }

    // RCTD. The nominal timeout is not known: it is the store's.
    private static CommandTimeouts? TimeoutsOf(SupportedCommand? row, bool wanted) =>
        wanted && row is not null ? new CommandTimeouts(0, row.TimeoutSeconds) : null;

    private static CommandOutcome ReportFunctions(EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        SupportedTaskManagementFunctions.Write(ref data, s_functions, extended: (command.Cdb[2] & 0x80) != 0);
        return CommandOutcome.Good;
    }
}
