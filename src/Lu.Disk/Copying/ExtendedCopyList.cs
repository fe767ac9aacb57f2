using System.Buffers.Binary;
using Lunette.DeviceServer.Commands;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;

namespace Lunette.Lu.Disk.Copying;

/// <summary>Reads the descriptors of an EXTENDED COPY parameter list (SPC-4, EXTENDED COPY (LID1) command).</summary>
internal static class ExtendedCopyList
{
    /// <summary>The CSCD descriptors: the disk of each, null where the nexus sees none by that name.</summary>
    /// <param name="list">The whole parameter list.</param>
    /// <param name="header">Its header, checked against its length.</param>
    /// <param name="command">The command, for what its nexus sees: nothing else is copied from or to.</param>
    /// <param name="units">The disks.</param>
    /// <param name="usesAliases">Whether any is named by an alias.</param>
    public static CommandOutcome? ParseUnits(ReadOnlySpan<byte> list, in ExtendedCopyHeader header, TaskContext command,
        out DiskUnit?[] units, out bool usesAliases)
    {
        units = [];
        usesAliases = false;
        list = list[..(header.Length + header.DescriptorsLength)];
        if (header.DescriptorsLength > CopyLimits.DescriptorsMax * IdentificationCscd.Length)
            return Sense.Illegal(AdditionalSense.TooManyTargetDescriptors);
        var found = new List<DiskUnit?>(CopyLimits.DescriptorsMax);
        for (var at = header.Length; at < list.Length; at += IdentificationCscd.Length)
        {
            if (list[at] is not (IdentificationCscd.TypeCode or AliasCscd.TypeCode))
                return Sense.Illegal(AdditionalSense.UnsupportedTargetDescriptorTypeCode);
            if (list.Length - at < IdentificationCscd.Length) return CommandOutcome.ParameterListLengthError;
            var descriptor = list.Slice(at, IdentificationCscd.Length);
            var isAlias = descriptor[0] == AliasCscd.TypeCode;
            usesAliases |= isAlias;
            if (FindFault(descriptor, isAlias) is { } place)
                return CommandOutcome.InvalidFieldInParameterList(at + place.Byte, place.Bit);
            var unit = IdentificationCscd.IsNull(descriptor) ? null
                : isAlias ? FindByAlias(descriptor, command) : Find(descriptor, command.Task.Nexus.Map);
            if (unit is not null && IdentificationCscd.BlockLengthOf(descriptor) != unit.BlockLengthBytes)
                return CommandOutcome.InvalidFieldInParameterList(at + 29);
            found.Add(unit);
        }
        units = [.. found];
        return null;
    }

    // PERIPHERAL DEVICE TYPE: a direct access block device. LU ID TYPE tells how to read the LU IDENTIFIER of an alias
    // descriptor, and the other has none.
    private static (int Byte, int Bit)? FindFault(ReadOnlySpan<byte> descriptor, bool isAlias)
    {
        if ((descriptor[1] & 0x1F) != 0) return (1, 4);
        if (isAlias) return AliasCscd.LogicalUnitIdType(descriptor) != 0 ? (1, 7) : null;
        return descriptor[7] > IdentificationCscd.DesignatorLengthMax ? (7, -1) : null;
    }

    // SPC-6, Alias designation validation: only now. This copy manager reaches the logical units of its own target.
    private static DiskUnit? FindByAlias(ReadOnlySpan<byte> descriptor, TaskContext command)
    {
        var nexus = command.Task.Nexus;
        var unit = ((DiskTask)command).Unit;
        var name = unit.FindAlias(command.Itl, AliasCscd.AliasOf(descriptor))?.IscsiName;
        return string.Equals(name, nexus.Port.Name, StringComparison.OrdinalIgnoreCase)
            ? nexus.Map.Find(AliasCscd.LunOf(descriptor)) as DiskUnit
            : null;
    }

    /// <summary>The disk that an identification CSCD descriptor names, among those a nexus sees.</summary>
    public static DiskUnit? Find(ReadOnlySpan<byte> descriptor, LunMap map)
    {
        // SPC-6, Device Identification VPD page: CODE SET, ASSOCIATION and DESIGNATOR TYPE, DESIGNATOR LENGTH.
        var (codeSet, type) = ((CodeSet)(descriptor[4] & 0x0F), (DesignatorType)(descriptor[5] & 0x0F));
        if ((descriptor[5] & 0x30) != 0 || descriptor[7] > IdentificationCscd.DesignatorLengthMax) return null;
        var value = descriptor.Slice(8, descriptor[7]);
        foreach (var entry in map.Entries)
            if (entry.LogicalUnit is DiskUnit disk && disk.IsNamed(type, codeSet, value)) return disk;
        return null;
    }

    /// <summary>The segment descriptors.</summary>
    public static CommandOutcome? ParseSegments(
        ReadOnlySpan<byte> list, in ExtendedCopyHeader header, out CopySegment[] segments)
    {
        segments = [];
        var first = header.Length + header.DescriptorsLength;
        var end = first + (int)header.SegmentsLength;
        var found = new List<CopySegment>(CopyLimits.SegmentsMax);
        for (var at = first; at < end;)
        {
            if (found.Count == CopyLimits.SegmentsMax)
                return Sense.Illegal(AdditionalSense.TooManySegmentDescriptors);
            var length = CopySegment.LengthOf(list[at]);
            if (length == 0) return Sense.Illegal(AdditionalSense.UnsupportedSegmentDescriptorTypeCode);
            if (end - at < length) return CommandOutcome.ParameterListLengthError;
            var descriptor = list.Slice(at, length);
            if (BinaryPrimitives.ReadUInt16BigEndian(descriptor[2..]) != length - 4)
                return CommandOutcome.InvalidFieldInParameterList(at + 2);
            found.Add(CopySegment.Read(descriptor));
            at += length;
        }
        segments = [.. found];
        return null;
    }
}
