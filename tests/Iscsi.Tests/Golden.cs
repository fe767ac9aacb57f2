namespace Lunette.Iscsi.Tests;

/// <summary>Annotated bytes: hexadecimal digits, with everything from ';' to the end of a line a remark.</summary>
internal static class Golden
{
    public static byte[] Bytes(string annotated)
    {
        var digits = annotated.Split('\n').Select(line => line.Split(';')[0]).SelectMany(line => line);
        return Convert.FromHexString(string.Concat(digits.Where(char.IsAsciiHexDigit)));
    }

    /// <summary>48 bytes of which nothing is what the test wants, so that what is not cleared is seen.</summary>
    public static byte[] Dirty()
    {
        var bytes = new byte[BasicHeaderSegment.Length];
        bytes.AsSpan().Fill(0xA5);
        return bytes;
    }
}
