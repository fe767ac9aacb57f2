namespace Lunette.Scsi;

/// <summary>REPORT TARGET PORT GROUPS parameter data, length only and extended header format (SPC-6).</summary>
public static class TargetPortGroupsData
{
    /// <summary>Writes the data.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="extendedHeader">Whether PARAMETER DATA FORMAT asks for the extended header.</param>
    /// <param name="implicitTransitionSeconds">IMPLICIT TRANSITION TIME; only in the extended header.</param>
    public static void Write(
        ref ParameterDataWriter to, IReadOnlyList<TargetPortGroupDescriptor> groups, bool extendedHeader = false,
        byte implicitTransitionSeconds = 0)
    {
        var lengthAt = to.ReserveUInt32();
        if (extendedHeader)
        {
            to.WriteByte(0x10);
            to.WriteByte(implicitTransitionSeconds);
            to.WriteZeros(2);
        }

        for (var i = 0; i < groups.Count; i++) Write(ref to, groups[i]);
        to.CloseUInt32(lengthAt);
    }

    /// <summary>Reads untrusted data of either format up to the first group that is cut off.</summary>
    public static IReadOnlyList<TargetPortGroupDescriptor> Parse(ReadOnlySpan<byte> bytes, bool extendedHeader = false)
    {
        var view = new ParameterDataView(bytes);
        view = view.CutAt(4 + (long)view.UInt32(0));
        List<TargetPortGroupDescriptor> groups = [];
        for (var at = extendedHeader ? 8 : 4; view.Has(at, 8 + 4 * view[at + 7]) && view.Has(at, 8);)
        {
            var ports = new ushort[view[at + 7]];
            for (var i = 0; i < ports.Length; i++) ports[i] = view.UInt16(at + 8 + 4 * i + 2);
            groups.Add(new(view.UInt16(at + 2), (AsymmetricAccessState)view.Bits(at, 0, 4), view.Bit(at, 7),
                (SupportedAccessStates)view[at + 1], view[at + 5], ports));
            at += 8 + 4 * ports.Length;
        }

        return groups;
    }

    private static void Write(ref ParameterDataWriter to, TargetPortGroupDescriptor group)
    {
        to.WriteByte(VpdPage.Flag(group.Preferred, 7) | (byte)group.State & 0x0F);
        to.WriteByte((byte)group.Supported);
        to.WriteUInt16(group.Group);
        to.WriteByte(0);
        to.WriteByte(group.StatusCode);
        to.WriteByte(0);
        to.WriteByte(group.RelativePorts.Count);
        for (var i = 0; i < group.RelativePorts.Count; i++)
        {
            to.WriteUInt16(0);
            to.WriteUInt16(group.RelativePorts[i]);
        }
    }
}
