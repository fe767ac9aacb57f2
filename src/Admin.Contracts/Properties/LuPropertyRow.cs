using System.Globalization;
using System.Text;

namespace Lunette.Admin.Contracts;

/// <summary>What is known about one property of a disk logical unit.</summary>
/// <param name="Property">Which.</param>
/// <param name="Key">Its key for <c>stmfadm create-lu -p</c>; null where that command takes none.</param>
/// <param name="AtCreate">Whether it can be given when the logical unit is created.</param>
/// <param name="Modifiable">Whether it can be changed later.</param>
/// <param name="Readable">Whether it can be read back.</param>
/// <param name="Check">Judges and normalises a text; the status is success or says what is wrong with it.</param>
/// <param name="Summary">For people: the value and its default.</param>
public sealed record LuPropertyRow(
    LuProperty Property, string? Key, bool AtCreate, bool Modifiable, bool Readable,
    Func<string, StmfResult<string>> Check, string Summary)
{
    /// <summary>All properties, in the order of their value.</summary>
    public static IReadOnlyList<LuPropertyRow> All { get; } =
    [
        new(LuProperty.Alias, "alias", true, true, true, AtMost(255),
            "name, up to 255 characters; the data file's name"),
        new(LuProperty.BlockSize, "blk", true, false, true, BlockSize, "block size in bytes, a power of two; 512"),
        new(LuProperty.CompanyId, "oui", true, false, false, Hexadecimal(6),
            "IEEE company identifier of the GUID, 6 hexadecimal digits"),
        new(LuProperty.Filename, null, true, false, true, AtMost(1023), "path of the data file or device; required"),
        new(LuProperty.Guid, "guid", true, false, true, Hexadecimal(32), "the GUID, 32 hexadecimal digits; generated"),
        new(LuProperty.MetaFilename, "meta", true, false, true, AtMost(1023),
            "path of the metadata file; beside the data"),
        new(LuProperty.MgmtUrl, "mgmt-url", true, true, true, AtMost(1024),
            "management URLs, separated by spaces; none"),
        new(LuProperty.New, null, false, false, false, Refuse, "internal"),
        new(LuProperty.Size, null, true, true, true, Size, "size, a number with a suffix k m g t p e; the file's size"),
        new(LuProperty.WriteProtect, "wp", true, true, true, Truth, "write protected: true or false; false"),
        new(LuProperty.WriteCacheDisable, "wcd", true, true, true, Truth, "write-back cache off: true or false; false"),
        new(LuProperty.Vid, "vid", true, false, true, AtMost(8), "vendor identification, up to 8 characters; LUNETTE"),
        new(LuProperty.Pid, "pid", true, false, true, AtMost(16), "product identification, up to 16 characters"),
        new(LuProperty.SerialNum, "serial", true, false, true, AtMost(252),
            "serial number, up to 252 characters; none"),
        new(LuProperty.AccessState, null, false, false, true, Refuse, "asymmetric access state"),
        new(LuProperty.HostId, "host-id", true, false, false, Hexadecimal(8),
            "replaces the hardware address in the GUID, 8 hexadecimal digits"),
        new(LuProperty.Thin, "thin", true, false, true, Truth, "thin, or with all its space from the start; true"),
        new(LuProperty.Removable, "removable", true, false, true, Truth, "removable medium: true or false; false"),
        new(LuProperty.Protection, "prot", true, false, true, ProtectionType,
            "protection information of type 0 to 3; none"),
    ];

    /// <summary>The row of a property; null for a number that is none.</summary>
    public static LuPropertyRow? Find(LuProperty property) => All.FirstOrDefault(row => row.Property == property);

    /// <summary>The row of a key of <c>create-lu -p</c>; null where there is none.</summary>
    public static LuPropertyRow? Find(string key) =>
        All.FirstOrDefault(row => row.Key is not null && row.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    // Bytes, since that is what libstmf's buffers and the VPD pages have room for.
    private static Func<string, StmfResult<string>> AtMost(int bytesMax) => text =>
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        return bytes <= bytesMax
            ? new(StmfStatus.Success, text)
            : new(StmfStatus.InvalidPropSize, Detail: $"the value has {bytes} bytes; {bytesMax} are allowed");
    };

    // A wrong length is one code, right length with wrong characters another.
    private static Func<string, StmfResult<string>> Hexadecimal(int digits) => text =>
    {
        if (text.Length != digits)
            return new(StmfStatus.InvalidPropSize, Detail: $"must be {digits} hexadecimal digits long");
        if (text.AsSpan().IndexOfAnyExcept(StmfGuid.HexDigits) >= 0 || text.AsSpan().IndexOfAnyExcept('0') < 0)
            return new(StmfStatus.InvalidArg, Detail: $"must be {digits} hexadecimal digits, not all zero");
        if (digits == StmfGuid.TextLength && text[0] != '6')
            return new(StmfStatus.InvalidArg, Detail: "a GUID is an NAA identifier of type 6: its first digit is 6");
        return new(StmfStatus.Success, text.ToUpperInvariant());
    };

    private static StmfResult<string> BlockSize(string text)
    {
        if (text.Length == 0 || text.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0)
            return new(StmfStatus.InvalidArg, Detail: "the block size is a decimal number");
        var known = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes);
        return known && bytes <= ushort.MaxValue
            ? new(StmfStatus.Success, bytes.ToString(CultureInfo.InvariantCulture))
            : new(StmfStatus.InvalidPropSize, Detail: "the block size is 65535 at most");
    }

    private static StmfResult<string> Size(string text) => SizeText.TryParse(text, out var bytes)
        ? new(StmfStatus.Success, bytes.ToString(CultureInfo.InvariantCulture))
        : new(StmfStatus.InvalidArg,
            Detail: "a size is a number with an optional suffix b, k, m, g, t, p or e, more than 0 and less than 8e");

    private static StmfResult<string> Truth(string text) => text.ToLowerInvariant() switch
    {
        "true" => new(StmfStatus.Success, "true"),
        "false" => new(StmfStatus.Success, "false"),
        _ => new(StmfStatus.InvalidArg, Detail: "the value is true or false"),
    };

    private static StmfResult<string> ProtectionType(string text) => text is "0" or "1" or "2" or "3"
        ? new(StmfStatus.Success, text)
        : new(StmfStatus.InvalidArg, Detail: "the protection type is 0, 1, 2 or 3");

    private static StmfResult<string> Refuse(string text) => new(StmfStatus.InvalidProp);
}
