using System.Globalization;
using System.Text;

namespace Lunette.Scsi;

/// <summary>A CDB as a line for people: <c>READ (10) lba=2048 blocks=8 FUA</c>, from its row.</summary>
public static class CdbDescription
{
    private const int LengthMax = 260;      // the longest CDB that SPC-6 allows

    /// <summary>
    /// Names the command and the fields that are not zero; a CDB that has no row is named by its operation code and
    /// shown in hexadecimal.
    /// </summary>
    /// <param name="cdb">As received; any bytes will do.</param>
    public static string Describe(ReadOnlySpan<byte> cdb)
    {
        if (CommandSet.All.Find(cdb) is not { } row || cdb.Length < row.Layout.Length) return DescribeUnknown(cdb);
        var text = new StringBuilder(row.Name);
        foreach (var field in row.Layout.Fields)
        {
            if (field.FixedValue is null) Append(text, row, field, field.Get(cdb));
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, CommandDescriptor row, CdbField field, ulong value)
    {
        var (name, always, hexadecimal) = field.Name switch
        {
            "LOGICAL BLOCK ADDRESS" or "STARTING LOGICAL BLOCK ADDRESS" => ("lba", true, false),
            "TRANSFER LENGTH" or "NUMBER OF LOGICAL BLOCKS" or "VERIFICATION LENGTH" or "PREFETCH LENGTH"
                or "BUFFER TRANSFER LENGTH" => (row.LogicalBlockAddress is null ? "length" : "blocks", true, false),
            "BYTE TRANSFER LENGTH" => ("bytes", true, false),
            "ALLOCATION LENGTH" => ("allocation", true, false),
            "PARAMETER LIST LENGTH" => ("list", true, false),
            var other => (other, false, true),
        };
        if (value == 0 && !always) return;
        text.Append(' ');
        if (field.BitCount == 1) text.Append(name);
        else if (hexadecimal) text.Append(CultureInfo.InvariantCulture, $"{Short(name)}={value:X}h");
        else text.Append(CultureInfo.InvariantCulture, $"{name}={value}");
    }

    private static string Short(string name) => name.ToLowerInvariant().Replace(' ', '-');

    private static string DescribeUnknown(ReadOnlySpan<byte> cdb)
    {
        if (cdb.IsEmpty) return "empty CDB";
        var kind = cdb[0] >= 0xC0 ? "vendor specific operation code" : "operation code";
        return string.Create(CultureInfo.InvariantCulture,
            $"{kind} {cdb[0]:X2}h: {Convert.ToHexString(cdb[..Math.Min(cdb.Length, LengthMax)])}");
    }
}
