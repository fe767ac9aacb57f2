namespace Lunette.Admin.Contracts.Adapters;

/// <summary>An entry of the system error log.</summary>
/// <param name="Sequence">Its sequence number.</param>
/// <param name="Time">When it was written.</param>
/// <param name="Label">Its label, such as <c>SCSI_ERR10</c>.</param>
/// <param name="Identifier">Its error identifier.</param>
/// <param name="Class">H for hardware, S for software.</param>
/// <param name="Type">PERM, TEMP or UNKN.</param>
/// <param name="Resource">The adapter or device that wrote it.</param>
/// <param name="Description">What the label means.</param>
/// <param name="Path">The path, where the device has several.</param>
/// <param name="ScsiId">The target.</param>
/// <param name="Lun">The logical unit; -1 for none.</param>
/// <param name="Note">What happened, beyond the label; empty for nothing.</param>
/// <param name="Detail">The detail data as the adapter driver lays it out.</param>
/// <param name="SenseText">What the sense data says; empty where there is none.</param>
public sealed record ErrorLogEntry(
    long Sequence, DateTimeOffset Time, string Label, uint Identifier, char Class, string Type, string Resource,
    string Description, int Path, ulong ScsiId, int Lun, string Note, byte[] Detail, string SenseText);

/// <summary>Which entries of the system error log are wanted; a member that is null or empty excludes
/// nothing.</summary>
public sealed record ErrorLogFilter
{
    /// <summary>Most entries an answer has.</summary>
    public const int CountMax = 10_000;

    /// <summary>Names of resources.</summary>
    public IReadOnlyList<string>? Resources { get; init; } = [];

    /// <summary>Error identifiers.</summary>
    public IReadOnlyList<uint>? Identifiers { get; init; } = [];

    /// <summary>Labels.</summary>
    public IReadOnlyList<string>? Labels { get; init; } = [];

    /// <summary>Classes: H, S.</summary>
    public IReadOnlyList<string>? Classes { get; init; } = [];

    /// <summary>Types: PERM, TEMP, UNKN.</summary>
    public IReadOnlyList<string>? Types { get; init; } = [];

    /// <summary>Sequence numbers.</summary>
    public IReadOnlyList<long>? Sequences { get; init; } = [];

    /// <summary>Not before this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Not after this time.</summary>
    public DateTimeOffset? Until { get; init; }
}
