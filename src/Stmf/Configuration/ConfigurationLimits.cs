using System.Text;

namespace Lunette.Stmf.Configuration;

/// <summary>The bounds of a configuration.</summary>
public static class ConfigurationLimits
{
    /// <summary>Bytes in UTF-8 of a group's or provider's name (libstmf's 256 less the NUL).</summary>
    public const int NameBytes = 255;

    /// <summary>Bytes in UTF-8 of a member's name (STMF_IDENT_LENGTH).</summary>
    public const int MemberBytes = 255;

    /// <summary>Groups of one dimension.</summary>
    public const int Groups = 16384;

    /// <summary>Members of one group.</summary>
    public const int Members = 65536;

    /// <summary>View entries of one logical unit.</summary>
    public const int ViewsOfLogicalUnit = 4096;

    /// <summary>Logical units with view entries.</summary>
    public const int LogicalUnits = 131072;

    /// <summary>Providers with data.</summary>
    public const int Providers = 256;

    /// <summary>Bytes of one provider's data.</summary>
    public const int ProviderDataBytes = 64 << 20;

    /// <summary>Entries of one provider.</summary>
    public const int ProviderEntries = LogicalUnits;

    /// <summary>Characters of one entry's value.</summary>
    public const int ProviderEntryLength = 16384;

    /// <summary>Whether a text can be a name: it is not empty, has no NUL, and fits in UTF-8.</summary>
    public static bool IsName(string name, int bytesMax) =>
        name.Length > 0 && name.Length <= bytesMax && Encoding.UTF8.GetByteCount(name) <= bytesMax
        && !name.Contains('\0', StringComparison.Ordinal);
}
