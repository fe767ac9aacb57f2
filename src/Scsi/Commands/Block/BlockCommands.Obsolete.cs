namespace Lunette.Scsi;

/// <content>Commands that earlier standards had. Their rows name them in traces and refuse them on purpose.</content>
public static partial class BlockCommands
{
#pragma warning disable CS1591 // The row's name is the standard's.

    public static CommandDescriptor RezeroUnit { get; } = Gone("REZERO UNIT", DataPhase.None,
        new CdbLayout(0x01, length: 6).Control(), "SCSI-2");

    public static CommandDescriptor Seek6 { get; } = Gone("SEEK (6)", DataPhase.None,
        new CdbLayout(0x0B, length: 6).Bytes("LOGICAL BLOCK ADDRESS", 1, 3, firstMask: 0x1F).Control(), "SCSI-2");

    public static CommandDescriptor Seek10 { get; } = Gone("SEEK (10)", DataPhase.None,
        new CdbLayout(0x2B, length: 10).Bytes("LOGICAL BLOCK ADDRESS", 2, 4).Control(), "SBC");

    public static CommandDescriptor SearchDataHigh { get; } = Search("SEARCH DATA HIGH (10)", 0x30);

    public static CommandDescriptor SearchDataEqual { get; } = Search("SEARCH DATA EQUAL (10)", 0x31);

    public static CommandDescriptor SearchDataLow { get; } = Search("SEARCH DATA LOW (10)", 0x32);

    public static CommandDescriptor SetLimits10 { get; } = Gone("SET LIMITS (10)", DataPhase.None,
        new CdbLayout(0x33, length: 10)
            .Bits("RDINH", 1, 0x02).Bits("WRINH", 1, 0x01).Bytes("LOGICAL BLOCK ADDRESS", 2, 4)
            .Bytes("NUMBER OF LOGICAL BLOCKS", 7, 2).Control(), "SBC");

    public static CommandDescriptor LockUnlockCache10 { get; } = Gone("LOCK UNLOCK CACHE (10)", DataPhase.None,
        new CdbLayout(0x36, length: 10)
            .Bits("LOCK", 1, 0x02).Bytes("LOGICAL BLOCK ADDRESS", 2, 4).Bytes("NUMBER OF LOGICAL BLOCKS", 7, 2)
            .Control(), "SBC-2");

    public static CommandDescriptor LockUnlockCache16 { get; } = Gone("LOCK UNLOCK CACHE (16)", DataPhase.None,
        new CdbLayout(0x92, length: 16)
            .Bits("LOCK", 1, 0x02).Bytes("LOGICAL BLOCK ADDRESS", 2, 8).Bytes("NUMBER OF LOGICAL BLOCKS", 10, 4)
            .Control(), "SBC-2");

    public static CommandDescriptor ReadLong10 { get; } = Gone("READ LONG (10)", DataPhase.In,
        new CdbLayout(0x3E, length: 10)
            .Bits("PBLOCK", 1, 0x04).Bits("CORRCT", 1, 0x02).Bytes("LOGICAL BLOCK ADDRESS", 2, 4)
            .Bytes("BYTE TRANSFER LENGTH", 7, 2).Control(), "SBC-3");

    public static CommandDescriptor ReadLong16 { get; } = Gone("READ LONG (16)", DataPhase.In,
        new CdbLayout(0x9E, length: 16).Action(0x11)
            .Bytes("LOGICAL BLOCK ADDRESS", 2, 8).Bytes("BYTE TRANSFER LENGTH", 12, 2)
            .Bits("PBLOCK", 14, 0x02).Bits("CORRCT", 14, 0x01).Control(), "SBC-3");

    public static CommandDescriptor XdWrite10 { get; } = Gone("XDWRITE (10)", DataPhase.Out,
        Xor10(0x50).Bits("DISABLE WRITE", 1, 0x04), "SBC-2");

    public static CommandDescriptor XpWrite10 { get; } = Gone("XPWRITE (10)", DataPhase.Out,
        Xor10(0x51).Bits("XORPINFO", 1, 0x01), "SBC-3");

    public static CommandDescriptor XdRead10 { get; } = Gone("XDREAD (10)", DataPhase.In,
        Xor10(0x52).Bits("XORPINFO", 1, 0x01), "SBC-3");

    public static CommandDescriptor XdWriteRead10 { get; } = Gone("XDWRITEREAD (10)", DataPhase.Out,
        Xor10(0x53).Bits("WRPROTECT", 1, 0xE0).Bits("DISABLE WRITE", 1, 0x04).Bits("XORPINFO", 1, 0x01), "SBC-3");

    public static CommandDescriptor XdRead32 { get; } = Gone("XDREAD (32)", DataPhase.In,
        Xor32(0x0003).Bits("XORPINFO", 10, 0x01), "SBC-3");

    public static CommandDescriptor XdWrite32 { get; } = Gone("XDWRITE (32)", DataPhase.Out,
        Xor32(0x0004).Bits("DISABLE WRITE", 10, 0x04), "SBC-2");

    public static CommandDescriptor XpWrite32 { get; } = Gone("XPWRITE (32)", DataPhase.Out,
        Xor32(0x0006).Bits("XORPINFO", 10, 0x01), "SBC-3");

    public static CommandDescriptor XdWriteRead32 { get; } = Gone("XDWRITEREAD (32)", DataPhase.Out,
        Xor32(0x0007).Bits("WRPROTECT", 10, 0xE0).Bits("DISABLE WRITE", 10, 0x04).Bits("XORPINFO", 10, 0x01), "SBC-3");

#pragma warning restore CS1591

    private static CommandDescriptor[] Obsolete =>
    [
        RezeroUnit, Seek6, Seek10, SearchDataHigh, SearchDataEqual, SearchDataLow, SetLimits10, LockUnlockCache10,
        LockUnlockCache16, ReadLong10, ReadLong16, XdWrite10, XpWrite10, XdRead10, XdWriteRead10, XdRead32, XdWrite32,
        XpWrite32, XdWriteRead32,
    ];

    private static CommandDescriptor Search(string name, byte operationCode) => Gone(name, DataPhase.Out,
        new CdbLayout(operationCode, length: 10)
            .Bits("INVERT", 1, 0x10).Bits("SPNDAT", 1, 0x02).Bytes("LOGICAL BLOCK ADDRESS", 2, 4)
            .Bytes("NUMBER OF LOGICAL BLOCKS", 7, 2).Control(), "SBC");

    private static CdbLayout Xor10(byte operationCode) => new CdbLayout(operationCode, length: 10)
        .Bits("DPO", 1, 0x10).Bits("FUA", 1, 0x08).Bytes("LOGICAL BLOCK ADDRESS", 2, 4).Bits("GROUP NUMBER", 6, 0x1F)
        .Bytes("TRANSFER LENGTH", 7, 2).Control();

    private static CdbLayout Xor32(ushort serviceAction) => CdbLayout.Variable(serviceAction, length: 32)
        .Bits("GROUP NUMBER", 6, 0x1F).Bits("DPO", 10, 0x10).Bits("FUA", 10, 0x08)
        .Bytes("LOGICAL BLOCK ADDRESS", 12, 8).Bytes("TRANSFER LENGTH", 28, 4);

    private static CommandDescriptor Gone(string name, DataPhase data, CdbLayout layout, string lastIn) =>
        new(name, data, layout) { Standard = lastIn, IsObsolete = true, Note = "last defined in " + lastIn };
}
