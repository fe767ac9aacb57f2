using Lunette.Admin.Contracts.Adapters;

namespace Lunette.Admin.Contracts.Verbs;

/// <summary>An adapter to be.</summary>
/// <param name="Settings">What to set.</param>
public sealed record AdapterSettingsArguments(AdapterSettings Settings);

/// <summary>Entries of the system error log.</summary>
/// <param name="Filter">Which.</param>
public sealed record ErrorLogArguments(ErrorLogFilter Filter);

/// <summary>Entries of the system error log to be forgotten.</summary>
/// <param name="OlderThan">Those before this time; null for all.</param>
public sealed record ErrorLogClearArguments(DateTimeOffset? OlderThan);
