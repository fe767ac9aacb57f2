using Lunette.DeviceServer.Commands;

namespace Lunette.Lu.Disk.Copying;

/// <summary>EXTENDED COPY (LID1) (SPC-4) and EXTENDED COPY (LID4) (SPC-6) commands.</summary>
internal static class ExtendedCopyCommand
{
    public static CommandOutcome Lid1(DiskUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        // SPC-4, EXTENDED COPY (LID1) command: a PARAMETER LIST LENGTH of zero transfers nothing, and is no error.
        if (list.IsEmpty) return CommandOutcome.Good;
        return ExtendedCopyHeader.ParseLid1(list, out var header) ?? Copy(unit, command, list, header);
    }

    public static CommandOutcome Lid4(DiskUnit unit, TaskContext command, ReadOnlySpan<byte> list)
    {
        if (list.IsEmpty) return CommandOutcome.Good;
        return ExtendedCopyHeader.ParseLid4(list, out var header) ?? Copy(unit, command, list, header);
    }

    private static CommandOutcome Copy(
        DiskUnit unit, TaskContext command, ReadOnlySpan<byte> list, in ExtendedCopyHeader header)
    {
        if (ExtendedCopyList.ParseUnits(list, header, command, out var units, out var aliases) is { } unitRefusal)
            return unitRefusal;
        if (ExtendedCopyList.ParseSegments(list, header, out var segments) is { } segmentRefusal)
            return segmentRefusal;
        var copy = new ExtendedCopy(header, units, segments, unit)
        {
            ServiceAction = (byte)(command.Cdb[1] & 0x1F),
            UsesAliases = aliases,
        };
        return CopyRun.Begin((DiskTask)command, copy, list);
    }
}
