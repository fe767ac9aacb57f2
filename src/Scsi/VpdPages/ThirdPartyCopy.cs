namespace Lunette.Scsi;

/// <summary>THIRD-PARTY COPY DESCRIPTOR TYPE.</summary>
public enum ThirdPartyCopyDescriptorType : ushort
{
#pragma warning disable CS1591 // The member's name is the standard's.
    BlockDeviceRodLimits = 0x0000,
    SupportedCommands = 0x0001,
    ParameterData = 0x0004,
    SupportedDescriptors = 0x0008,
    SupportedCscdDescriptorIds = 0x000C,
    CopyGroupIdentifier = 0x000D,
    RodTokenFeatures = 0x0106,
    SupportedRodTypes = 0x0108,
    GeneralCopyOperations = 0x8001,
    StreamCopyOperations = 0x9101,
    HeldData = 0xC001,
#pragma warning restore CS1591
}

/// <summary>Third-party Copy VPD page, 8Fh: a list of descriptors, each a multiple of four bytes.</summary>
public static class ThirdPartyCopy
{
    /// <summary>Writes one descriptor; the page's header is <see cref="VpdPage.Begin"/>'s.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="type">THIRD-PARTY COPY DESCRIPTOR TYPE.</param>
    /// <param name="parameters">What follows the descriptor's length; it is filled with zeros.</param>
    public static void WriteDescriptor(
        ref ParameterDataWriter to, ThirdPartyCopyDescriptorType type, scoped ReadOnlySpan<byte> parameters)
    {
        var length = (parameters.Length + 3) / 4 * 4;
        to.WriteUInt16((ushort)type);
        to.WriteUInt16(length);
        to.Write(parameters);
        to.WriteZeros(length - parameters.Length);
    }

    /// <summary>Supported Commands descriptor: the service actions of an operation code.</summary>
    public static void WriteSupportedCommands(
        ref ParameterDataWriter to, IReadOnlyList<CommandDescriptor> commands)
    {
        Span<byte> parameters = stackalloc byte[256];
        var at = 1;
        foreach (var group in commands.GroupBy(command => command.OperationCode))
        {
            parameters[at++] = group.Key;
            var countAt = at++;
            foreach (var command in group) parameters[at++] = (byte)(command.ServiceAction ?? 0);
            parameters[countAt] = (byte)(at - countAt - 1);
        }

        parameters[0] = (byte)(at - 1);
        WriteDescriptor(ref to, ThirdPartyCopyDescriptorType.SupportedCommands, parameters[..at]);
    }

    /// <summary>Parameter Data descriptor: the bounds of an EXTENDED COPY parameter list.</summary>
    public static void WriteParameterData(
        ref ParameterDataWriter to, ushort maximumCscdDescriptors, ushort maximumSegmentDescriptors,
        uint maximumDescriptorListBytes, uint maximumInlineDataBytes)
    {
        Span<byte> bytes = stackalloc byte[28];
        var parameters = new ParameterDataWriter(bytes);
        parameters.WriteZeros(4);
        parameters.WriteUInt16(maximumCscdDescriptors);
        parameters.WriteUInt16(maximumSegmentDescriptors);
        parameters.WriteUInt32(maximumDescriptorListBytes);
        parameters.WriteUInt32(maximumInlineDataBytes);
        parameters.PadTo(bytes.Length);
        WriteDescriptor(ref to, ThirdPartyCopyDescriptorType.ParameterData, bytes);
    }

    /// <summary>Block Device ROD Limits descriptor (SBC-5): the bounds of the token commands.</summary>
    public static void WriteBlockDeviceRodLimits(
        ref ParameterDataWriter to, ushort maximumRangeDescriptors, uint maximumInactivitySeconds,
        uint defaultInactivitySeconds, ulong maximumTokenTransferBlocks, ulong optimalTransferBlocks)
    {
        Span<byte> bytes = stackalloc byte[32];
        var parameters = new ParameterDataWriter(bytes);
        parameters.WriteZeros(6);                       // vendor specific
        parameters.WriteUInt16(maximumRangeDescriptors);
        parameters.WriteUInt32(maximumInactivitySeconds);
        parameters.WriteUInt32(defaultInactivitySeconds);
        parameters.WriteUInt64(maximumTokenTransferBlocks);
        parameters.WriteUInt64(optimalTransferBlocks);
        WriteDescriptor(ref to, ThirdPartyCopyDescriptorType.BlockDeviceRodLimits, bytes);
    }

    /// <summary>ROD Token Features descriptor, with the device type specific features of block devices.</summary>
    public static void WriteRodTokenFeatures(
        ref ParameterDataWriter to, uint minimumLifetimeSeconds, uint maximumLifetimeSeconds,
        uint maximumInactivitySeconds, ulong maximumRodBytes, ulong optimalRodBytes)
    {
        const int BlockFeaturesLength = 48;
        Span<byte> bytes = stackalloc byte[44 + BlockFeaturesLength];
        var parameters = new ParameterDataWriter(bytes);
        parameters.WriteZeros(12);                      // REMOTE TOKENS: none
        parameters.WriteUInt32(minimumLifetimeSeconds);
        parameters.WriteUInt32(maximumLifetimeSeconds);
        parameters.WriteUInt32(maximumInactivitySeconds);
        parameters.WriteZeros(18);
        parameters.WriteUInt16(BlockFeaturesLength);
        parameters.WriteUInt16(0);                      // format 0, direct access block device
        parameters.WriteUInt16(BlockFeaturesLength - 4);
        parameters.WriteZeros(2 + 2);                   // OPTIMAL BLOCK ROD LENGTH GRANULARITY: none
        parameters.WriteUInt64(maximumRodBytes);
        parameters.WriteUInt64(optimalRodBytes);
        parameters.WriteUInt64(optimalRodBytes);        // to a token, for each segment
        parameters.WriteUInt64(optimalRodBytes);        // from a token
        parameters.PadTo(bytes.Length);
        WriteDescriptor(ref to, ThirdPartyCopyDescriptorType.RodTokenFeatures, bytes);
    }

    /// <summary>Supported ROD Types descriptor.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="types">Each type: whether tokens of it are taken, and whether they are made.</param>
    public static void WriteSupportedRodTypes(
        ref ParameterDataWriter to, scoped ReadOnlySpan<(RodType Type, bool TokenIn, bool TokenOut)> types)
    {
        const int TypeLength = 64;
        Span<byte> bytes = stackalloc byte[4 + TypeLength * 7];
        var parameters = new ParameterDataWriter(bytes);
        parameters.WriteZeros(2);
        parameters.WriteUInt16(types.Length * TypeLength);
        foreach (var (type, tokenIn, tokenOut) in types)
        {
            var end = parameters.Length + TypeLength;
            parameters.WriteUInt32((uint)type);
            parameters.WriteByte(VpdPage.Flag(tokenIn, 1) | VpdPage.Flag(tokenOut, 0));
            parameters.PadTo(end);
        }

        WriteDescriptor(ref to, ThirdPartyCopyDescriptorType.SupportedRodTypes, parameters.Written);
    }

    /// <summary>Held Data descriptor.</summary>
    public static void WriteHeldData(ref ParameterDataWriter to, uint heldDataLimitBytes, byte granularityLog2)
    {
        Span<byte> bytes = stackalloc byte[28];
        var parameters = new ParameterDataWriter(bytes);
        parameters.WriteUInt32(heldDataLimitBytes);
        parameters.WriteByte(granularityLog2);
        parameters.PadTo(bytes.Length);
        WriteDescriptor(ref to, ThirdPartyCopyDescriptorType.HeldData, bytes);
    }

    /// <summary>Supported Descriptors descriptor: type codes of CSCD and segment descriptors.</summary>
    public static void WriteSupportedDescriptors(ref ParameterDataWriter to, scoped ReadOnlySpan<byte> typeCodes)
    {
        Span<byte> parameters = stackalloc byte[256];
        parameters[0] = (byte)typeCodes.Length;
        typeCodes.CopyTo(parameters[1..]);
        WriteDescriptor(
            ref to, ThirdPartyCopyDescriptorType.SupportedDescriptors, parameters[..(1 + typeCodes.Length)]);
    }

    /// <summary>Supported CSCD Descriptor IDs descriptor.</summary>
    public static void WriteSupportedCscdDescriptorIds(
        ref ParameterDataWriter to, scoped ReadOnlySpan<ushort> identifiers)
    {
        Span<byte> bytes = stackalloc byte[256];
        var parameters = new ParameterDataWriter(bytes);
        parameters.WriteUInt16(identifiers.Length * 2);
        foreach (var identifier in identifiers) parameters.WriteUInt16(identifier);
        WriteDescriptor(ref to, ThirdPartyCopyDescriptorType.SupportedCscdDescriptorIds, parameters.Written);
    }

    /// <summary>General Copy Operations descriptor.</summary>
    public static void WriteGeneralCopyOperations(
        ref ParameterDataWriter to, uint totalConcurrentCopies, uint maximumIdentifiedConcurrentCopies,
        uint maximumSegmentBytes, byte dataSegmentGranularityLog2, byte inlineDataGranularityLog2)
    {
        Span<byte> bytes = stackalloc byte[32];
        var parameters = new ParameterDataWriter(bytes);
        parameters.WriteUInt32(totalConcurrentCopies);
        parameters.WriteUInt32(maximumIdentifiedConcurrentCopies);
        parameters.WriteUInt32(maximumSegmentBytes);
        parameters.WriteByte(dataSegmentGranularityLog2);
        parameters.WriteByte(inlineDataGranularityLog2);
        parameters.PadTo(bytes.Length);
        WriteDescriptor(ref to, ThirdPartyCopyDescriptorType.GeneralCopyOperations, bytes);
    }

    /// <summary>Reads an untrusted page up to the first descriptor that is cut off; null when it is none.</summary>
    public static IReadOnlyList<(ThirdPartyCopyDescriptorType Type, byte[] Parameters)>? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!VpdPage.TryOpen(bytes, VpdPageCode.ThirdPartyCopy, out var view)) return null;
        List<(ThirdPartyCopyDescriptorType, byte[])> descriptors = [];
        for (var at = VpdPage.HeaderLength; view.Has(at, 4 + view.UInt16(at + 2)); at += 4 + view.UInt16(at + 2))
        {
            descriptors.Add(((ThirdPartyCopyDescriptorType)view.UInt16(at),
                view.Slice(at + 4, view.UInt16(at + 2)).ToArray()));
        }

        return descriptors;
    }
}
