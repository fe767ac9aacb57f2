using Lunette.DeviceServer.Commands;
using Lunette.Scsi;

namespace Lunette.DeviceServer.Aliases;

/// <summary>CHANGE ALIASES and REPORT ALIASES commands (SPC-6): each I_T nexus has a list of its own.</summary>
internal static class AliasHandlers
{
    private const int HeaderLength = 8;
    private const int ListLengthMax =
        HeaderLength + (AliasList.CountMax * (AliasEntry.HeaderLength + AliasList.DesignationLengthMax));

    public static IReadOnlyList<SupportedCommand> Rows { get; } =
    [
        SupportedCommand.DataOut<EmulatedUnit>(PrimaryCommands.ChangeAliases, ReservationAccess.WhenWriting, Change,
            Conditions.NoMedium, Ordering.Configuration, ListLengthMax),
        SupportedCommand.DataIn<EmulatedUnit>(PrimaryCommands.ReportAliases, ReservationAccess.UnlessReserved, Report,
            Conditions.NoMedium, ListLengthMax),
    ];

    private static CommandOutcome Change(EmulatedUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        if (list.IsEmpty) return CommandOutcome.Good;
        var reader = new ParameterListReader(list);
        reader.Skip(4);                     // PARAMETER DATA LENGTH is ignored
        reader.Reserved(4);
        List<AliasEntry> entries = [];
        while (reader.Failure is null && reader.Remaining > 0)
        {
            var entry = AliasEntry.Read(ref reader);
            if (reader.Failure is not null) break;
            if (entries.Count == AliasList.CountMax || entry.Designation.Length > AliasList.DesignationLengthMax)
                return Sense.Illegal(AdditionalSense.InsufficientResources);
            entries.Add(entry);
        }
        if (reader.Failure is { } failure) return failure;
        if (entries.Count == 0) return CommandOutcome.Good;
        if (unit.UsesAliases(command.Itl)) return Sense.Illegal(AdditionalSense.OperationInProgress);
        return unit.TryChangeAliases(command.Itl, entries)
            ? CommandOutcome.Good
            : Sense.Illegal(AdditionalSense.InsufficientResources);
    }

    private static CommandOutcome Report(EmulatedUnit unit, TaskContext command, ref ParameterDataWriter data)
    {
        var entries = unit.AliasesOf(command.Itl);
        var lengthAt = data.ReserveUInt32();
        data.WriteZeros(2);
        data.WriteUInt16(entries.Length);
        foreach (var entry in entries) entry.Write(ref data);
        data.CloseUInt32(lengthAt);
        return CommandOutcome.Good;
    }
}
