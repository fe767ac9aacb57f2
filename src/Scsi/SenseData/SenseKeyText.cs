namespace Lunette.Scsi;

/// <summary>The standard's words for the sense keys.</summary>
public static class SenseKeyText
{
    private static readonly string[] s_texts =
    [
        "NO SENSE", "RECOVERED ERROR", "NOT READY", "MEDIUM ERROR", "HARDWARE ERROR", "ILLEGAL REQUEST",
        "UNIT ATTENTION", "DATA PROTECT", "BLANK CHECK", "VENDOR SPECIFIC", "COPY ABORTED", "ABORTED COMMAND",
        "RESERVED Ch", "VOLUME OVERFLOW", "MISCOMPARE", "COMPLETED",
    ];

    /// <summary>As in <c>ILLEGAL REQUEST</c>.</summary>
    public static string Describe(this SenseKey key) => s_texts[(byte)key & 0x0F];
}
