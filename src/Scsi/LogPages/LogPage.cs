namespace Lunette.Scsi;

/// <summary>PAGE CODE (high byte) and SUBPAGE CODE (low byte) of the log pages of a direct access device.</summary>
public enum LogPageCode : ushort
{
#pragma warning disable CS1591 // The member's name is the page's.
    SupportedLogPages = 0x0000,
    SupportedLogPagesAndSubpages = 0x00FF,
    BufferOverRunUnderRun = 0x0100,
    WriteErrorCounters = 0x0200,
    ReadErrorCounters = 0x0300,
    VerifyErrorCounters = 0x0500,
    NonMediumError = 0x0600,
    LastErrorEvents = 0x0700,
    FormatStatus = 0x0800,
    LastDeferredErrors = 0x0B00,
    LogicalBlockProvisioning = 0x0C00,
    Temperature = 0x0D00,
    EnvironmentalReporting = 0x0D01,
    EnvironmentalLimits = 0x0D02,
    StartStopCycleCounter = 0x0E00,
    Utilization = 0x0E01,
    ApplicationClient = 0x0F00,
    SelfTestResults = 0x1000,
    SolidStateMedia = 0x1100,
    BackgroundScan = 0x1500,
    PendingDefects = 0x1501,
    BackgroundOperation = 0x1502,
    LogicalBlockMisalignment = 0x1503,
    NonvolatileCache = 0x1700,
    ProtocolSpecificPort = 0x1800,
    GeneralStatisticsAndPerformance = 0x1900,
    GroupStatisticsAndPerformance = 0x1901,
    CacheMemoryStatistics = 0x1920,
    CommandDurationLimitsStatistics = 0x1921,
    PowerConditionTransitions = 0x1A00,
    InformationalExceptions = 0x2F00,
#pragma warning restore CS1591
}

/// <summary>One log parameter as read.</summary>
/// <param name="Code">PARAMETER CODE.</param>
/// <param name="Control">Parameter control byte.</param>
/// <param name="Value">The bytes behind its header.</param>
public readonly record struct LogParameter(ushort Code, byte Control, ReadOnlyMemory<byte> Value);

/// <summary>Log pages: a header, and parameters each with a header of their own (SPC-6, Log page structure).</summary>
public static class LogPage
{
    /// <summary>Length of the header in bytes.</summary>
    public const int HeaderLength = 4;

    /// <summary>Control byte of a binary list parameter that is not a counter.</summary>
    public const byte BinaryList = 0x03;

    /// <summary>Control byte of a bounded counter.</summary>
    public const byte BoundedCounter = 0x02;

    /// <summary>TSD: the parameter is not saved by itself.</summary>
    public const byte NotSaved = 0x20;

    /// <summary>Control byte of a binary list parameter that is not saved.</summary>
    public const byte UnsavedList = BinaryList | NotSaved;

    /// <summary>Control byte of a bounded counter that is not saved.</summary>
    public const byte UnsavedCounter = BoundedCounter | NotSaved;

    /// <summary>Control byte of an ASCII list parameter.</summary>
    public const byte AsciiList = 0x01;

    /// <summary>Writes the header, and returns where its length field stands; <see cref="End"/> fills it.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="page">The page.</param>
    /// <param name="disableSave">DS: the page cannot be saved.</param>
    public static int Begin(ref ParameterDataWriter to, LogPageCode page, bool disableSave)
    {
        var (code, subpage) = ((ushort)page >> 8, (ushort)page & 0xFF);
        to.WriteByte(VpdPage.Flag(disableSave, 7) | VpdPage.Flag(subpage != 0, 6) | code & 0x3F);
        to.WriteByte(subpage);
        return to.ReserveUInt16();
    }

    /// <summary>Fills PAGE LENGTH with what has been written since.</summary>
    public static void End(ref ParameterDataWriter to, int lengthAt) => to.CloseUInt16(lengthAt);

    /// <summary>Writes one parameter.</summary>
    public static void WriteParameter(
        ref ParameterDataWriter to, ushort code, byte control, scoped ReadOnlySpan<byte> value)
    {
        to.WriteUInt16(code);
        to.WriteByte(control);
        to.WriteByte(value.Length);
        to.Write(value);
    }

    /// <summary>Reads an untrusted page up to a parameter that is cut off; null when it is another page.</summary>
    public static IReadOnlyList<LogParameter>? Parse(ReadOnlySpan<byte> bytes, LogPageCode page)
    {
        var view = new ParameterDataView(bytes);
        var subpage = view.Bit(0, 6) ? view[1] : 0;
        if (view.Length < HeaderLength || (view.Bits(0, 0, 6) << 8 | subpage) != (ushort)page) return null;
        view = view.CutAt(HeaderLength + view.UInt16(2));
        List<LogParameter> parameters = [];
        for (var at = HeaderLength; view.Has(at, 4 + view[at + 3]); at += 4 + view[at + 3])
            parameters.Add(new(view.UInt16(at), view[at + 2], view.Slice(at + 4, view[at + 3]).ToArray()));
        return parameters;
    }
}
