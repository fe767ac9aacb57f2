using Lunette.Admin.Contracts.Iscsi;

namespace Lunette.Cli.Itadm;

/// <summary>What itadm's lists have in common.</summary>
internal static class Words
{
    /// <summary>Columns of a label, its colon counted.</summary>
    public const int LabelWidth = 19;

    /// <summary>What stands where nothing is set.</summary>
    public const string None = "<none>";

    public static string Of(IscsiAuthentication authentication) => authentication switch
    {
        IscsiAuthentication.Chap => "chap",
        IscsiAuthentication.Radius => "radius",
        _ => "none",
    };

    public static string Secret(bool isSet) => isSet ? "set" : "unset";

    public static string OrNone(string text) => text.Length == 0 ? None : text;

    /// <summary>A text in its column; one that is too long for it keeps apart from the next.</summary>
    public static string Column(string text, int width) => text.Length < width ? text.PadRight(width) : text + " ";
}
