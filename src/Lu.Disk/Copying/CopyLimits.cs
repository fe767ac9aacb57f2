namespace Lunette.Lu.Disk.Copying;

/// <summary>The bounds of third-party copy; RECEIVE COPY OPERATING PARAMETERS and VPD page 8Fh tell them.</summary>
internal static class CopyLimits
{
    /// <summary>MAXIMUM CSCD DESCRIPTOR COUNT.</summary>
    public const int DescriptorsMax = 16;

    /// <summary>MAXIMUM SEGMENT DESCRIPTOR COUNT.</summary>
    public const int SegmentsMax = 64;

    /// <summary>Length of the header of an EXTENDED COPY (LID1) parameter list in bytes.</summary>
    public const int HeaderLengthLid1 = 16;

    /// <summary>Length of the header of an EXTENDED COPY (LID4) parameter list in bytes.</summary>
    public const int HeaderLengthLid4 = 48;

    /// <summary>MAXIMUM DESCRIPTOR LIST LENGTH in bytes.</summary>
    public const int ListLengthMax = (DescriptorsMax * 32) + (SegmentsMax * CopySegment.LengthMax);

    /// <summary>What one segment may copy, in bytes: 16 bits of blocks, however long.</summary>
    public const uint SegmentBytesMax = 1u << 31;

    /// <summary>How much is read and written at a time, in bytes.</summary>
    public const int StepBytes = 1 << 20;

    /// <summary>How much a store copies at a time, or zeroes, in bytes.</summary>
    public const int StoreStepBytes = 4 << 20;

    /// <summary>How many ended copies a logical unit remembers.</summary>
    public const int ResultsMax = 64;

    /// <summary>Copies one logical unit has in progress at most.</summary>
    public const int ConcurrentMax = 16;

    /// <summary>MAXIMUM RANGE DESCRIPTORS of the token commands.</summary>
    public const int RangesMax = 256;

    /// <summary>Tokens of one logical unit that are good at a time.</summary>
    public const int TokensMax = 256;

    /// <summary>What a token stands for at most, in bytes: MAXIMUM TOKEN TRANSFER SIZE says it in blocks.</summary>
    public const long TokenBytesMax = 1L << 40;

    /// <summary>OPTIMAL TRANSFER COUNT in bytes.</summary>
    public const long TokenBytesOptimal = 64L << 20;

    /// <summary>DEFAULT INACTIVITY TIMEOUT in seconds.</summary>
    public const uint InactivitySecondsDefault = 120;

    /// <summary>MAXIMUM INACTIVITY TIMEOUT in seconds.</summary>
    public const uint InactivitySecondsMax = 3600;

    /// <summary>MAXIMUM TOKEN LIFETIME in seconds, however much it is used.</summary>
    public const uint LifetimeSecondsMax = 24 * 3600;
}
