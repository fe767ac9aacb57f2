namespace Lunette.DeviceServer.ModePages;

/// <summary>The mode pages of SBC-5 a disk may have; the disk chooses, and sets its own defaults.</summary>
public static class BlockModePages
{
    /// <summary>Read-Write Error Recovery: errors are reported, none is hidden; the store has its own
    /// recovery.</summary>
    public static ModePage ReadWriteErrorRecovery { get; } = new ModePage("Read-Write Error Recovery", 0x01, 0, 12)
        .Bits("AWRE", 2, 0x80, 1).Bits("ARRE", 2, 0x40, 1).Bits("TB", 2, 0x20).Bits("RC", 2, 0x10)
        .Bits("EER", 2, 0x08).Bits("PER", 2, 0x04).Bits("DTE", 2, 0x02)
        .Bytes("READ RETRY COUNT", 3, 1).Bits("LBPERE", 7, 0x80, 1)
        .Bytes("WRITE RETRY COUNT", 8, 1).Bytes("RECOVERY TIME LIMIT", 10, 2);

    /// <summary>Verify Error Recovery: as reading, nothing is tried again.</summary>
    public static ModePage VerifyErrorRecovery { get; } = new ModePage("Verify Error Recovery", 0x07, 0, 12)
        .Bits("EER", 2, 0x08).Bits("PER", 2, 0x04).Bits("DTE", 2, 0x02).Bits("DCR", 2, 0x01)
        .Bytes("VERIFY RETRY COUNT", 3, 1).Bytes("VERIFY RECOVERY TIME LIMIT", 10, 2);

    /// <summary>Caching: WCE is the administrator's default and the initiator's choice.</summary>
    public static ModePage Caching { get; } = new ModePage("Caching", 0x08, 0, 20)
        .Bits("IC", 2, 0x80).Bits("ABPF", 2, 0x40).Bits("CAP", 2, 0x20).Bits("DISC", 2, 0x10).Bits("SIZE", 2, 0x08)
        .Bits("WCE", 2, 0x04, 1, 0, 1).Bits("MF", 2, 0x02).Bits("RCD", 2, 0x01)
        .Bytes("DISABLE PREFETCH TRANSFER LENGTH", 4, 2).Bytes("MAXIMUM PREFETCH", 8, 2)
        .Bits("FSW", 12, 0x80).Bits("DRA", 12, 0x20).Bits("NV_DIS", 12, 0x01);

    /// <summary>Control, for disks with protection information: whose the application tag is, what is
    /// checked.</summary>
    public static ModePage ProtectionControl { get; } = PrimaryModePages.Control
        .Allow("ATO", 0, 1)
        .Bits("DPICZ", 2, 0x08, 0, 0, 1).Bits("ATMPE", 5, 0x20, 0, 0, 1).Bits("RWWP", 5, 0x10, 0, 0, 1);

    /// <summary>
    /// Application Tag, for disks with protection information: one descriptor, of which only the tag can be changed.
    /// </summary>
    public static ModePage ApplicationTag { get; } = new ModePage("Application Tag", 0x0A, 0x02, 40)
        .Bits("LAST", 16, 0x80, 1).Bytes("LOGICAL BLOCK APPLICATION TAG", 22, 2, 0, changeable: true)
        .Bytes("LOGICAL BLOCK ADDRESS HIGH", 24, 4).Bytes("LOGICAL BLOCK ADDRESS LOW", 28, 4)
        .Bytes("LOGICAL BLOCK COUNT HIGH", 32, 4).Bytes("LOGICAL BLOCK COUNT LOW", 36, 4);

    /// <summary>
    /// Logical Block Provisioning, one threshold descriptor: soft, on available resources; SITUA reports it to one
    /// nexus or all.
    /// </summary>
    public static ModePage LogicalBlockProvisioning { get; } =
        new ModePage("Logical Block Provisioning", 0x1C, 0x02, 24)
        .Bits("SITUA", 4, 0x01, 0, 0, 1)
        .Bits("ENABLED", 16, 0x80, 0, 0, 1).Bits("THRESHOLD TYPE", 16, 0x38).Bits("THRESHOLD ARMING", 16, 0x07, 2)
        .Bytes("THRESHOLD RESOURCE", 17, 1, 1)
        .Bytes("THRESHOLD COUNT", 20, 4, 0, changeable: true);

    /// <summary>Background Control: no medium is scanned in the background.</summary>
    public static ModePage BackgroundControl { get; } = new ModePage("Background Control", 0x1C, 0x01, 16)
        .Bits("S_L_FULL", 4, 0x04).Bits("LOWIR", 4, 0x02).Bits("EN_BMS", 4, 0x01).Bits("EN_PS", 5, 0x01)
        .Bytes("BACKGROUND MEDIUM SCAN INTERVAL TIME", 6, 2).Bytes("BACKGROUND PRE-SCAN TIME LIMIT", 8, 2)
        .Bytes("MINIMUM IDLE TIME BEFORE BACKGROUND SCAN", 10, 2)
        .Bytes("MAXIMUM TIME TO SUSPEND BACKGROUND SCAN", 12, 2);

    /// <summary>Command Duration Limit A: of commands that read.</summary>
    public static ModePage CommandDurationLimitA { get; } = DurationLimits("Command Duration Limit A", 0x03);

    /// <summary>Command Duration Limit B: of commands that write.</summary>
    public static ModePage CommandDurationLimitB { get; } = DurationLimits("Command Duration Limit B", 0x04);

    /// <summary>IO Advice Hints Grouping: of no group the hints mean anything (IO ADVICE HINTS MODE 01b).</summary>
    public static ModePage IoAdviceHintsGrouping { get; } = Enumerable.Range(0, AdviceGroupsCount).Aggregate(
        new ModePage("IO Advice Hints Grouping", 0x0A, 0x05, 16 + (AdviceGroupsCount * 16)),
        static (page, group) => page.Bits($"IO ADVICE HINTS MODE, group {group}", 16 + (group * 16), 0xC0, 1));

    /// <summary>Name of the field CDLUNIT of a descriptor, by its number from 1.</summary>
    public static string LimitUnitOf(int descriptor) => "CDLUNIT " + Number(descriptor);

    /// <summary>Name of the field COMMAND DURATION LIMIT of a descriptor, by its number from 1.</summary>
    public static string LimitOf(int descriptor) => "COMMAND DURATION LIMIT " + Number(descriptor);

    private const int AdviceGroupsCount = 64;

    private static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    // Seven descriptors of four bytes, behind four that are reserved.
    private static ModePage DurationLimits(string name, byte subpage) => Enumerable.Range(1, 7).Aggregate(
        new ModePage(name, 0x0A, subpage, 36),
        static (page, i) => page.Bits(LimitUnitOf(i), 4 + (i * 4), 0xE0, 0, 0, 4, 5, 6)
            .Bytes(LimitOf(i), 6 + (i * 4), 2, 0, changeable: true));

    /// <summary>Background Operation Control: the standard gives it a PAGE LENGTH of 01FDh.</summary>
    public static ModePage BackgroundOperationControl { get; } =
        new ModePage("Background Operation Control", 0x0A, 0x06, 4 + 0x01FD).Bits("BO_MODE", 4, 0xC0, 0, 0, 1);
}
