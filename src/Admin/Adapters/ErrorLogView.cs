using Lunette.Adapter.ErrorLog;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Scsi;

namespace Lunette.Admin.Adapters;

/// <summary>The system error log as administrators see it.</summary>
internal static class ErrorLogView
{
    /// <summary>The entries wanted, newest first.</summary>
    public static IReadOnlyList<ErrorLogEntry> Select(IEnumerable<ErrorEntry> entries, ErrorLogFilter filter) =>
        [.. entries.Select(Show).Where(entry => IsWanted(entry, filter)).Reverse().Take(ErrorLogFilter.CountMax)];

    /// <summary>Why a filter can choose nothing, whatever happens; null where it can.</summary>
    public static string? FindMistake(ErrorLogFilter filter) =>
        Unknown("class", filter.Classes, ErrorTemplate.All.Select(template => Letter(template.Class).ToString()))
        ?? Unknown("type", filter.Types, ErrorTemplate.All.Select(template => Word(template.Type)))
        ?? Unknown("label", filter.Labels, ErrorTemplate.All.Select(template => template.Label.ToString()));

    private static string? Unknown(string what, IReadOnlyList<string>? wanted, IEnumerable<string> known) =>
        wanted?.FirstOrDefault(word => !known.Contains(word)) is { } unknown
            ? $"{unknown} is no {what} of the error log: {string.Join(", ", known.Distinct())}"
            : null;

    private static ErrorLogEntry Show(ErrorEntry entry)
    {
        var template = ErrorTemplate.Of(entry.Label);
        return new(
            entry.SequenceNumber, entry.Time, entry.Label.ToString(), (uint)entry.Label,
            Letter(template.Class), Word(template.Type), entry.ResourceName,
            template.Description, entry.PathId, entry.ScsiId, entry.LogicalUnitNumber, entry.Note ?? "",
            entry.ToDetailData(), Sense.TryParse(entry.Sense.AsSpan(), out var sense) ? sense.Describe() : "");
    }

    private static char Letter(ErrorClass @class) => @class == ErrorClass.Hardware ? 'H' : 'S';

    private static string Word(ErrorType type) => type switch
    {
        ErrorType.Permanent => "PERM",
        ErrorType.Temporary => "TEMP",
        _ => "UNKN",
    };

    private static bool IsWanted(ErrorLogEntry entry, ErrorLogFilter filter) =>
        Has(filter.Resources, entry.Resource) && Has(filter.Identifiers, entry.Identifier)
        && Has(filter.Labels, entry.Label) && Has(filter.Classes, entry.Class.ToString())
        && Has(filter.Types, entry.Type) && Has(filter.Sequences, entry.Sequence)
        && (filter.Since is not { } since || entry.Time >= since)
        && (filter.Until is not { } until || entry.Time <= until);

    private static bool Has<T>(IReadOnlyList<T>? wanted, T value) =>
        wanted is null or [] || wanted.Contains(value);
}
