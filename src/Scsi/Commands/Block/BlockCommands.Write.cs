namespace Lunette.Scsi;

/// <content>Commands that write logical blocks.</content>
public static partial class BlockCommands
{
#pragma warning disable CS1591 // The row's name is the standard's.

    public static CommandDescriptor Write6 { get; } = new("WRITE (6)", DataPhase.Out,
        new CdbLayout(0x0A, length: 6)
            .Bytes("LOGICAL BLOCK ADDRESS", 1, 3, firstMask: 0x1F).Bytes("TRANSFER LENGTH", 4, 1).Control())
    { Standard = "SBC-3", IsObsolete = true, Note = SixByteNote };

    public static CommandDescriptor Write10 { get; } = new("WRITE (10)", DataPhase.Out,
        new CdbLayout(0x2A, length: 10)
            .Bits("WRPROTECT", 1, 0xE0).Bits("DPO", 1, 0x10).Bits("FUA", 1, 0x08)
            .Bytes("LOGICAL BLOCK ADDRESS", 2, 4).Bits("GROUP NUMBER", 6, 0x3F).Bytes("TRANSFER LENGTH", 7, 2)
            .Control())
    { Standard = Sbc };

    public static CommandDescriptor Write12 { get; } = new("WRITE (12)", DataPhase.Out,
        new CdbLayout(0xAA, length: 12)
            .Bits("WRPROTECT", 1, 0xE0).Bits("DPO", 1, 0x10).Bits("FUA", 1, 0x08)
            .Bytes("LOGICAL BLOCK ADDRESS", 2, 4).Bytes("TRANSFER LENGTH", 6, 4).Bits("GROUP NUMBER", 10, 0x3F)
            .Control())
    { Standard = Sbc };

    public static CommandDescriptor Write16 { get; } = new("WRITE (16)", DataPhase.Out,
        new CdbLayout(0x8A, length: 16)
            .Bits("WRPROTECT", 1, 0xE0).Bits("DPO", 1, 0x10).Bits("FUA", 1, 0x08).Bits("DLD2", 1, 0x01)
            .Bytes("LOGICAL BLOCK ADDRESS", 2, 8).Bytes("TRANSFER LENGTH", 10, 4).Bits("DLD1", 14, 0x80)
            .Bits("DLD0", 14, 0x40).Bits("GROUP NUMBER", 14, 0x3F).Control())
    { Standard = Sbc };

    public static CommandDescriptor Write32 { get; } = new("WRITE (32)", DataPhase.Out,
        CdbLayout.Variable(0x000B, length: 32)
            .Bits("GROUP NUMBER", 6, 0x3F).Bits("WRPROTECT", 10, 0xE0).Bits("DPO", 10, 0x10).Bits("FUA", 10, 0x08)
            .Bits("DLD", 11, 0x07).Bytes("LOGICAL BLOCK ADDRESS", 12, 8)
            .Bytes("EXPECTED INITIAL LOGICAL BLOCK REFERENCE TAG", 20, 4)
            .Bytes("EXPECTED LOGICAL BLOCK APPLICATION TAG", 24, 2)
            .Bytes("LOGICAL BLOCK APPLICATION TAG MASK", 26, 2).Bytes("TRANSFER LENGTH", 28, 4))
    { Standard = Sbc, Note = DldNote };

    public static CommandDescriptor WriteAndVerify10 { get; } = new("WRITE AND VERIFY (10)", DataPhase.Out,
        new CdbLayout(0x2E, length: 10)
            .Bits("WRPROTECT", 1, 0xE0).Bits("DPO", 1, 0x10).Bits("BYTCHK", 1, 0x06)
            .Bytes("LOGICAL BLOCK ADDRESS", 2, 4).Bits("GROUP NUMBER", 6, 0x3F).Bytes("TRANSFER LENGTH", 7, 2)
            .Control())
    { Standard = Sbc };

    public static CommandDescriptor WriteAndVerify12 { get; } = new("WRITE AND VERIFY (12)", DataPhase.Out,
        new CdbLayout(0xAE, length: 12)
            .Bits("WRPROTECT", 1, 0xE0).Bits("DPO", 1, 0x10).Bits("BYTCHK", 1, 0x06)
            .Bytes("LOGICAL BLOCK ADDRESS", 2, 4).Bytes("TRANSFER LENGTH", 6, 4).Bits("GROUP NUMBER", 10, 0x3F)
            .Control())
    { Standard = Sbc };

    public static CommandDescriptor WriteAndVerify16 { get; } = new("WRITE AND VERIFY (16)", DataPhase.Out,
        new CdbLayout(0x8E, length: 16)
            .Bits("WRPROTECT", 1, 0xE0).Bits("DPO", 1, 0x10).Bits("BYTCHK", 1, 0x06)
            .Bytes("LOGICAL BLOCK ADDRESS", 2, 8).Bytes("TRANSFER LENGTH", 10, 4).Bits("GROUP NUMBER", 14, 0x3F)
            .Control())
    { Standard = Sbc };

    public static CommandDescriptor WriteAndVerify32 { get; } = new("WRITE AND VERIFY (32)", DataPhase.Out,
        CdbLayout.Variable(0x000C, length: 32)
            .Bits("GROUP NUMBER", 6, 0x3F).Bits("WRPROTECT", 10, 0xE0).Bits("DPO", 10, 0x10)
            .Bits("BYTCHK", 10, 0x06).Bytes("LOGICAL BLOCK ADDRESS", 12, 8)
            .Bytes("EXPECTED INITIAL LOGICAL BLOCK REFERENCE TAG", 20, 4)
            .Bytes("EXPECTED LOGICAL BLOCK APPLICATION TAG", 24, 2)
            .Bytes("LOGICAL BLOCK APPLICATION TAG MASK", 26, 2).Bytes("TRANSFER LENGTH", 28, 4))
    { Standard = Sbc };

    public static CommandDescriptor WriteSame10 { get; } = new("WRITE SAME (10)", DataPhase.Out,
        new CdbLayout(0x41, length: 10)
            .Bits("WRPROTECT", 1, 0xE0).Bits("ANCHOR", 1, 0x10).Bits("UNMAP", 1, 0x08)
            .Bytes("LOGICAL BLOCK ADDRESS", 2, 4).Bits("GROUP NUMBER", 6, 0x3F)
            .Bytes("NUMBER OF LOGICAL BLOCKS", 7, 2).Control())
    { Standard = Sbc };

    public static CommandDescriptor WriteSame16 { get; } = new("WRITE SAME (16)", DataPhase.Out,
        new CdbLayout(0x93, length: 16)
            .Bits("WRPROTECT", 1, 0xE0).Bits("ANCHOR", 1, 0x10).Bits("UNMAP", 1, 0x08).Bits("NDOB", 1, 0x01)
            .Bytes("LOGICAL BLOCK ADDRESS", 2, 8).Bytes("NUMBER OF LOGICAL BLOCKS", 10, 4)
            .Bits("GROUP NUMBER", 14, 0x3F).Control())
    { Standard = Sbc, Note = WriteSameNote };

    public static CommandDescriptor WriteSame32 { get; } = new("WRITE SAME (32)", DataPhase.Out,
        CdbLayout.Variable(0x000D, length: 32)
            .Bits("GROUP NUMBER", 6, 0x3F).Bits("WRPROTECT", 10, 0xE0).Bits("ANCHOR", 10, 0x10)
            .Bits("UNMAP", 10, 0x08).Bits("NDOB", 10, 0x01).Bytes("LOGICAL BLOCK ADDRESS", 12, 8)
            .Bytes("EXPECTED INITIAL LOGICAL BLOCK REFERENCE TAG", 20, 4)
            .Bytes("EXPECTED LOGICAL BLOCK APPLICATION TAG", 24, 2)
            .Bytes("LOGICAL BLOCK APPLICATION TAG MASK", 26, 2).Bytes("NUMBER OF LOGICAL BLOCKS", 28, 4))
    { Standard = Sbc, Note = WriteSameNote };

    public static CommandDescriptor OrWrite16 { get; } = new("ORWRITE (16)", DataPhase.Out,
        new CdbLayout(0x8B, length: 16)
            .Bits("ORPROTECT", 1, 0xE0).Bits("DPO", 1, 0x10).Bits("FUA", 1, 0x08)
            .Bytes("LOGICAL BLOCK ADDRESS", 2, 8).Bytes("TRANSFER LENGTH", 10, 4).Bits("GROUP NUMBER", 14, 0x3F)
            .Control())
    { Standard = Sbc };

    public static CommandDescriptor OrWrite32 { get; } = new("ORWRITE (32)", DataPhase.Out,
        CdbLayout.Variable(0x000E, length: 32)
            .Bits("BMOP", 2, 0x07).Bits("PREVIOUS GENERATION PROCESSING", 3, 0x0F).Bits("GROUP NUMBER", 6, 0x3F)
            .Bits("ORPROTECT", 10, 0xE0).Bits("DPO", 10, 0x10).Bits("FUA", 10, 0x08)
            .Bytes("LOGICAL BLOCK ADDRESS", 12, 8).Bytes("EXPECTED ORWGENERATION", 20, 4)
            .Bytes("NEW ORWGENERATION", 24, 4).Bytes("TRANSFER LENGTH", 28, 4))
    { Standard = Sbc };

    public static CommandDescriptor CompareAndWrite { get; } = new("COMPARE AND WRITE", DataPhase.Out,
        new CdbLayout(0x89, length: 16)
            .Bits("WRPROTECT", 1, 0xE0).Bits("DPO", 1, 0x10).Bits("FUA", 1, 0x08)
            .Bytes("LOGICAL BLOCK ADDRESS", 2, 8).Bytes("NUMBER OF LOGICAL BLOCKS", 13, 1)
            .Bits("GROUP NUMBER", 14, 0x3F).Control())
    { Standard = Sbc, Note = "the Data-Out Buffer holds the blocks twice: to compare, then to write" };

    public static CommandDescriptor WriteAtomic16 { get; } = new("WRITE ATOMIC (16)", DataPhase.Out,
        new CdbLayout(0x9C, length: 16)
            .Bits("WRPROTECT", 1, 0xE0).Bits("DPO", 1, 0x10).Bits("FUA", 1, 0x08)
            .Bytes("LOGICAL BLOCK ADDRESS", 2, 8).Bytes("ATOMIC BOUNDARY", 10, 2).Bytes("TRANSFER LENGTH", 12, 2)
            .Bits("GROUP NUMBER", 14, 0x3F).Control())
    { Standard = Sbc };

    public static CommandDescriptor WriteAtomic32 { get; } = new("WRITE ATOMIC (32)", DataPhase.Out,
        CdbLayout.Variable(0x000F, length: 32)
            .Bytes("ATOMIC BOUNDARY", 4, 2).Bits("GROUP NUMBER", 6, 0x3F).Bits("WRPROTECT", 10, 0xE0)
            .Bits("DPO", 10, 0x10).Bits("FUA", 10, 0x08).Bytes("LOGICAL BLOCK ADDRESS", 12, 8)
            .Bytes("EXPECTED INITIAL LOGICAL BLOCK REFERENCE TAG", 20, 4)
            .Bytes("EXPECTED LOGICAL BLOCK APPLICATION TAG", 24, 2)
            .Bytes("LOGICAL BLOCK APPLICATION TAG MASK", 26, 2).Bytes("TRANSFER LENGTH", 28, 4))
    { Standard = Sbc };

    public static CommandDescriptor WriteStream16 { get; } = new("WRITE STREAM (16)", DataPhase.Out,
        new CdbLayout(0x9A, length: 16)
            .Bits("WRPROTECT", 1, 0xE0).Bits("DPO", 1, 0x10).Bits("FUA", 1, 0x08)
            .Bytes("LOGICAL BLOCK ADDRESS", 2, 8).Bytes("STR_ID", 10, 2).Bytes("TRANSFER LENGTH", 12, 2)
            .Bits("GROUP NUMBER", 14, 0x3F).Control())
    { Standard = Sbc };

    public static CommandDescriptor WriteStream32 { get; } = new("WRITE STREAM (32)", DataPhase.Out,
        CdbLayout.Variable(0x0010, length: 32)
            .Bytes("STR_ID", 4, 2).Bits("GROUP NUMBER", 6, 0x3F).Bits("WRPROTECT", 10, 0xE0).Bits("DPO", 10, 0x10)
            .Bits("FUA", 10, 0x08).Bytes("LOGICAL BLOCK ADDRESS", 12, 8)
            .Bytes("EXPECTED INITIAL LOGICAL BLOCK REFERENCE TAG", 20, 4)
            .Bytes("EXPECTED LOGICAL BLOCK APPLICATION TAG", 24, 2)
            .Bytes("LOGICAL BLOCK APPLICATION TAG MASK", 26, 2).Bytes("TRANSFER LENGTH", 28, 4))
    { Standard = Sbc };

    public static CommandDescriptor WriteScattered16 { get; } = new("WRITE SCATTERED (16)", DataPhase.Out,
        new CdbLayout(0x9F, length: 16)
            .Action(0x12).Bits("WRPROTECT", 2, 0xE0).Bits("DPO", 2, 0x10).Bits("FUA", 2, 0x08).Bits("DLD2", 2, 0x01)
            .Bytes("LOGICAL BLOCK DATA OFFSET", 4, 2).Bytes("NUMBER OF LBA RANGE DESCRIPTORS", 8, 2)
            .Bytes("BUFFER TRANSFER LENGTH", 10, 4).Bits("DLD1", 14, 0x80).Bits("DLD0", 14, 0x40)
            .Bits("GROUP NUMBER", 14, 0x3F).Control())
    { Standard = Sbc, Note = "BUFFER TRANSFER LENGTH counts blocks, the parameter list header included" };

    public static CommandDescriptor WriteScattered32 { get; } = new("WRITE SCATTERED (32)", DataPhase.Out,
        CdbLayout.Variable(0x0011, length: 32)
            .Bits("GROUP NUMBER", 6, 0x3F).Bits("WRPROTECT", 10, 0xE0).Bits("DPO", 10, 0x10).Bits("FUA", 10, 0x08)
            .Bits("DLD", 11, 0x07).Bytes("LOGICAL BLOCK DATA OFFSET", 12, 2)
            .Bytes("NUMBER OF LBA RANGE DESCRIPTORS", 16, 2).Bytes("BUFFER TRANSFER LENGTH", 28, 4))
    { Standard = Sbc, Note = DldNote };

#pragma warning restore CS1591

    private static CommandDescriptor[] Writing =>
    [
        Write6, Write10, Write12, Write16, Write32, WriteAndVerify10, WriteAndVerify12, WriteAndVerify16,
        WriteAndVerify32, WriteSame10, WriteSame16, WriteSame32, OrWrite16, OrWrite32, CompareAndWrite,
        WriteAtomic16, WriteAtomic32, WriteStream16, WriteStream32, WriteScattered16, WriteScattered32,
    ];
}
