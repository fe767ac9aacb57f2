namespace Lunette.Scsi;

/// <summary>
/// REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS parameter data (SPC-6), without and, where REPD asks, with timeouts,
/// which are said not to be valid.
/// </summary>
public static class SupportedTaskManagementFunctions
{
    private static readonly (TaskManagementFunction Function, int At, int Bit)[] s_bits =
    [
        (TaskManagementFunction.AbortTask, 0, 7),
        (TaskManagementFunction.AbortTaskSet, 0, 6),
        (TaskManagementFunction.ClearAca, 0, 5),
        (TaskManagementFunction.ClearTaskSet, 0, 4),
        (TaskManagementFunction.LogicalUnitReset, 0, 3),
        (TaskManagementFunction.QueryTask, 0, 2),
        (TaskManagementFunction.QueryAsynchronousEvent, 1, 2),
        (TaskManagementFunction.QueryTaskSet, 1, 1),
        (TaskManagementFunction.ItNexusReset, 1, 0),
    ];

    /// <summary>Writes the data: 4 bytes, or 16 in the extended form.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="functions">Those supported; others than SAM-6's have no bit.</param>
    /// <param name="extended">REPD.</param>
    public static void Write(
        ref ParameterDataWriter to, scoped ReadOnlySpan<TaskManagementFunction> functions, bool extended)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        foreach (var (function, at, bit) in s_bits)
        {
            if (functions.Contains(function)) bytes[at] |= (byte)(1 << bit);
        }

        bytes[3] = (byte)(extended ? 12 : 0);
        to.Write(bytes[..(extended ? 16 : 4)]);
    }

    /// <summary>Reads untrusted data.</summary>
    public static IReadOnlyList<TaskManagementFunction> Parse(ReadOnlySpan<byte> bytes)
    {
        var view = new ParameterDataView(bytes);
        List<TaskManagementFunction> functions = [];
        foreach (var (function, at, bit) in s_bits)
        {
            if (view.Bit(at, bit)) functions.Add(function);
        }

        return functions;
    }
}
