using Lunette.Scsi;

namespace Lunette.Lu.Disk.Protection;

/// <summary>Which fields of protection information are looked at.</summary>
[Flags]
internal enum TagChecks
{
    None = 0,
    Guard = 1,
    Application = 2,
    Reference = 4,
    All = Guard | Application | Reference,
}

/// <summary>What the codes of RDPROTECT, WRPROTECT, VRPROTECT and ORPROTECT mean on a protected disk (SBC-5).</summary>
internal static class ProtectCode
{
    /// <summary>The codes; those from here on are reserved.</summary>
    public const int Count = 6;

    // 000b transfers no protection information; it is checked as far as the Extended INQUIRY Data page says: all of it.
    private static readonly TagChecks[] s_checks =
    [
        TagChecks.All, TagChecks.All, TagChecks.Application | TagChecks.Reference, TagChecks.None, TagChecks.Guard,
        TagChecks.All,
    ];

    // SBC-5, VRPROTECT with BYTCHK: what is transferred is compared with the medium, but for the guard with 010b.
    private static readonly TagChecks[] s_comparisons =
    [
        TagChecks.None, TagChecks.All, TagChecks.Application | TagChecks.Reference, TagChecks.All, TagChecks.All,
        TagChecks.All,
    ];

    public static TagChecks ChecksOf(int code) => s_checks[code];

    public static TagChecks ComparisonsOf(int code) => s_comparisons[code];

    /// <summary>What is wrong with the protection information of a block; null when nothing is.</summary>
    /// <param name="tags">What was received, or read.</param>
    /// <param name="guard">The CRC of the block.</param>
    /// <param name="block">Which block of the command it is.</param>
    /// <param name="checks">What is looked at.</param>
    /// <param name="expected">What is known of the tags.</param>
    public static AdditionalSense? FindFault(
        ProtectionInformation tags, ushort guard, uint block, TagChecks checks, in ExpectedTags expected)
    {
        if ((checks & TagChecks.Guard) != 0 && tags.Guard != guard)
            return AdditionalSense.LogicalBlockGuardCheckFailed;
        if ((checks & TagChecks.Application) != 0
            && ((tags.ApplicationTag ^ expected.ApplicationTag) & expected.ApplicationMask) != 0)
        {
            return AdditionalSense.LogicalBlockApplicationTagCheckFailed;
        }
        return (checks & TagChecks.Reference) != 0 && expected.KnowsReference
            && tags.ReferenceTag != expected.ReferenceOf(block)
            ? AdditionalSense.LogicalBlockReferenceTagCheckFailed
            : null;
    }

    /// <summary>Where protection information of a block differs from that on the medium.</summary>
    public static AdditionalSense? FindDifference(
        ProtectionInformation tags, ProtectionInformation medium, TagChecks compared)
    {
        if ((compared & TagChecks.Guard) != 0 && tags.Guard != medium.Guard)
            return AdditionalSense.LogicalBlockGuardCheckFailed;
        if ((compared & TagChecks.Application) != 0 && tags.ApplicationTag != medium.ApplicationTag)
            return AdditionalSense.LogicalBlockApplicationTagCheckFailed;
        return (compared & TagChecks.Reference) != 0 && tags.ReferenceTag != medium.ReferenceTag
            ? AdditionalSense.LogicalBlockReferenceTagCheckFailed
            : null;
    }
}
