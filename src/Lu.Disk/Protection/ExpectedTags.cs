using System.Buffers.Binary;
using Lunette.Scsi;

namespace Lunette.Lu.Disk.Protection;

/// <summary>What the device server knows of the tags that the blocks of a command must have.</summary>
/// <param name="KnowsReference">Whether it knows the reference tags.</param>
/// <param name="FirstReference">The reference tag of the first block; the next ones count up.</param>
/// <param name="ApplicationTag">The application tag.</param>
/// <param name="ApplicationMask">Which of its bits count; none where it is not known.</param>
internal readonly record struct ExpectedTags(
    bool KnowsReference, uint FirstReference, ushort ApplicationTag, ushort ApplicationMask)
{
    /// <summary>How many bytes a 32-byte CDB, or a descriptor of WRITE SCATTERED (32), says it in.</summary>
    public const int Length = 8;

    public uint ReferenceOf(uint block) => FirstReference + block;

    /// <summary>By what a 32-byte CDB says: initial reference tag, application tag, mask.</summary>
    public static ExpectedTags Read(ReadOnlySpan<byte> bytes, ProtectionControl control) => new(
        true,
        BinaryPrimitives.ReadUInt32BigEndian(bytes),
        BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]),
        // SBC-5, READ (32) command: tag and mask are ignored unless the tag is the application client's.
        control.ApplicationTagIsClients ? BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) : (ushort)0);

    /// <summary>By the type and the mode pages alone.</summary>
    public static ExpectedTags For(ProtectionType type, ulong lba, ProtectionControl control)
    {
        var known = control is { ApplicationTagIsClients: true, ApplicationTagByPage: true };
        return new(type == ProtectionType.Type1, (uint)lba, control.ApplicationTag, known ? (ushort)0xFFFF : (ushort)0);
    }

    /// <summary>
    /// What is written to the medium where the application client sent none (SBC-5, WRPROTECT 000b). Where the
    /// reference tag of type 2 is not known, nobody can check it, so that the block is marked as not to be checked.
    /// </summary>
    public ProtectionInformation Generate(ushort guard, uint block, ProtectionType type, ProtectionControl control)
    {
        var application = control.ApplicationTagIsClients ? (ushort)0xFFFF : (ushort)0;
        if (KnowsReference) return new(guard, application, ReferenceOf(block));
        return type == ProtectionType.Type2
            ? new(guard, 0xFFFF, 0xFFFF_FFFF)
            : new(guard, application, 0xFFFF_FFFF);
    }
}
