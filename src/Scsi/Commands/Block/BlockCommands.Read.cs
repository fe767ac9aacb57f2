namespace Lunette.Scsi;

/// <content>Commands that read logical blocks.</content>
public static partial class BlockCommands
{
#pragma warning disable CS1591 // The row's name is the standard's.

    public static CommandDescriptor Read6 { get; } = new("READ (6)", DataPhase.In,
        new CdbLayout(0x08, length: 6)
            .Bytes("LOGICAL BLOCK ADDRESS", 1, 3, firstMask: 0x1F).Bytes("TRANSFER LENGTH", 4, 1).Control())
    { Standard = "SBC-3", IsObsolete = true, Note = SixByteNote };

    public static CommandDescriptor Read10 { get; } = new("READ (10)", DataPhase.In,
        new CdbLayout(0x28, length: 10)
            .Bits("RDPROTECT", 1, 0xE0).Bits("DPO", 1, 0x10).Bits("FUA", 1, 0x08).Bits("RARC", 1, 0x04)
            .Bytes("LOGICAL BLOCK ADDRESS", 2, 4).Bits("GROUP NUMBER", 6, 0x3F).Bytes("TRANSFER LENGTH", 7, 2)
            .Control())
    { Standard = Sbc };

    public static CommandDescriptor Read12 { get; } = new("READ (12)", DataPhase.In,
        new CdbLayout(0xA8, length: 12)
            .Bits("RDPROTECT", 1, 0xE0).Bits("DPO", 1, 0x10).Bits("FUA", 1, 0x08).Bits("RARC", 1, 0x04)
            .Bytes("LOGICAL BLOCK ADDRESS", 2, 4).Bytes("TRANSFER LENGTH", 6, 4).Bits("GROUP NUMBER", 10, 0x3F)
            .Control())
    { Standard = Sbc };

    public static CommandDescriptor Read16 { get; } = new("READ (16)", DataPhase.In,
        new CdbLayout(0x88, length: 16)
            .Bits("RDPROTECT", 1, 0xE0).Bits("DPO", 1, 0x10).Bits("FUA", 1, 0x08).Bits("RARC", 1, 0x04)
            .Bits("DLD2", 1, 0x01).Bytes("LOGICAL BLOCK ADDRESS", 2, 8).Bytes("TRANSFER LENGTH", 10, 4)
            .Bits("DLD1", 14, 0x80).Bits("DLD0", 14, 0x40).Bits("GROUP NUMBER", 14, 0x3F).Control())
    { Standard = Sbc };

    public static CommandDescriptor Read32 { get; } = new("READ (32)", DataPhase.In,
        CdbLayout.Variable(0x0009, length: 32)
            .Bits("GROUP NUMBER", 6, 0x3F).Bits("RDPROTECT", 10, 0xE0).Bits("DPO", 10, 0x10).Bits("FUA", 10, 0x08)
            .Bits("RARC", 10, 0x04).Bits("DLD", 11, 0x07).Bytes("LOGICAL BLOCK ADDRESS", 12, 8)
            .Bytes("EXPECTED INITIAL LOGICAL BLOCK REFERENCE TAG", 20, 4)
            .Bytes("EXPECTED LOGICAL BLOCK APPLICATION TAG", 24, 2)
            .Bytes("LOGICAL BLOCK APPLICATION TAG MASK", 26, 2).Bytes("TRANSFER LENGTH", 28, 4))
    { Standard = Sbc, Note = DldNote };

    public static CommandDescriptor PreFetch10 { get; } = new("PRE-FETCH (10)", DataPhase.None,
        new CdbLayout(0x34, length: 10)
            .Bits("IMMED", 1, 0x02).Bytes("LOGICAL BLOCK ADDRESS", 2, 4).Bits("GROUP NUMBER", 6, 0x3F)
            .Bytes("PREFETCH LENGTH", 7, 2).Control())
    { Standard = Sbc };

    public static CommandDescriptor PreFetch16 { get; } = new("PRE-FETCH (16)", DataPhase.None,
        new CdbLayout(0x90, length: 16)
            .Bits("IMMED", 1, 0x02).Bytes("LOGICAL BLOCK ADDRESS", 2, 8).Bytes("PREFETCH LENGTH", 10, 4)
            .Bits("GROUP NUMBER", 14, 0x3F).Control())
    { Standard = Sbc };

    public static CommandDescriptor Verify10 { get; } = new("VERIFY (10)", DataPhase.Out,
        new CdbLayout(0x2F, length: 10)
            .Bits("VRPROTECT", 1, 0xE0).Bits("DPO", 1, 0x10).Bits("BYTCHK", 1, 0x06)
            .Bytes("LOGICAL BLOCK ADDRESS", 2, 4).Bits("GROUP NUMBER", 6, 0x3F).Bytes("VERIFICATION LENGTH", 7, 2)
            .Control())
    { Standard = Sbc, Note = VerifyNote };

    public static CommandDescriptor Verify12 { get; } = new("VERIFY (12)", DataPhase.Out,
        new CdbLayout(0xAF, length: 12)
            .Bits("VRPROTECT", 1, 0xE0).Bits("DPO", 1, 0x10).Bits("BYTCHK", 1, 0x06)
            .Bytes("LOGICAL BLOCK ADDRESS", 2, 4).Bytes("VERIFICATION LENGTH", 6, 4).Bits("GROUP NUMBER", 10, 0x3F)
            .Control())
    { Standard = Sbc, Note = VerifyNote };

    public static CommandDescriptor Verify16 { get; } = new("VERIFY (16)", DataPhase.Out,
        new CdbLayout(0x8F, length: 16)
            .Bits("VRPROTECT", 1, 0xE0).Bits("DPO", 1, 0x10).Bits("BYTCHK", 1, 0x06)
            .Bytes("LOGICAL BLOCK ADDRESS", 2, 8).Bytes("VERIFICATION LENGTH", 10, 4).Bits("GROUP NUMBER", 14, 0x3F)
            .Control())
    { Standard = Sbc, Note = VerifyNote };

    public static CommandDescriptor Verify32 { get; } = new("VERIFY (32)", DataPhase.Out,
        CdbLayout.Variable(0x000A, length: 32)
            .Bits("GROUP NUMBER", 6, 0x3F).Bits("VRPROTECT", 10, 0xE0).Bits("DPO", 10, 0x10)
            .Bits("BYTCHK", 10, 0x06).Bytes("LOGICAL BLOCK ADDRESS", 12, 8)
            .Bytes("EXPECTED INITIAL LOGICAL BLOCK REFERENCE TAG", 20, 4)
            .Bytes("EXPECTED LOGICAL BLOCK APPLICATION TAG", 24, 2)
            .Bytes("LOGICAL BLOCK APPLICATION TAG MASK", 26, 2).Bytes("VERIFICATION LENGTH", 28, 4))
    { Standard = Sbc, Note = VerifyNote };

#pragma warning restore CS1591

    private static CommandDescriptor[] Reading =>
    [
        Read6, Read10, Read12, Read16, Read32, PreFetch10, PreFetch16, Verify10, Verify12, Verify16, Verify32,
    ];
}
