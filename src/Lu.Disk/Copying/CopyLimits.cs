namespace Lunette.Lu.Disk.Copying;

/// <summary>The bounds of EXTENDED COPY; RECEIVE COPY OPERATING PARAMETERS and VPD page 8Fh tell them.</summary>
internal static class CopyLimits
{
    /// <summary>MAXIMUM CSCD DESCRIPTOR COUNT.</summary>
    public const int DescriptorsMax = 16;

    /// <summary>MAXIMUM SEGMENT DESCRIPTOR COUNT.</summary>
    public const int SegmentsMax = 64;

    /// <summary>Length of the parameter list's header in bytes.</summary>
    public const int HeaderLength = 16;

    /// <summary>Length of an identification CSCD descriptor in bytes.</summary>
    public const int DescriptorLength = 32;

    /// <summary>Length of a block to block segment descriptor in bytes.</summary>
    public const int SegmentLength = 28;

    /// <summary>MAXIMUM DESCRIPTOR LIST LENGTH in bytes.</summary>
    public const int ListLengthMax = (DescriptorsMax * DescriptorLength) + (SegmentsMax * SegmentLength);

    /// <summary>What one segment may copy, in bytes: 16 bits of blocks, however long.</summary>
    public const uint SegmentBytesMax = 1u << 31;

    /// <summary>How much is read and written at a time, in bytes.</summary>
    public const int StepBytes = 1 << 20;

    /// <summary>How many ended copies a logical unit remembers.</summary>
    public const int ResultsMax = 64;

    /// <summary>Copies one logical unit has in progress at most.</summary>
    public const int ConcurrentMax = 16;
}
