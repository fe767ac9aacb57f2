namespace Lunette.Scsi;

/// <summary>
/// What the standard says of one command: the row from which dispatch, checks and replies are derived.
/// </summary>
public sealed class CommandDescriptor
{
    private static readonly string[] s_lengthNames =
    [
        "TRANSFER LENGTH", "NUMBER OF LOGICAL BLOCKS", "VERIFICATION LENGTH", "PREFETCH LENGTH",
        "BUFFER TRANSFER LENGTH", "BYTE TRANSFER LENGTH",
    ];

    private static readonly string[] s_durationLimitNames = ["DLD2", "DLD1", "DLD0"];

    private readonly CdbField[] _durationLimit;

    /// <summary>Makes a row.</summary>
    /// <param name="name">The command's name in the standard.</param>
    /// <param name="data">Which data it transfers.</param>
    /// <param name="layout">Its CDB.</param>
    public CommandDescriptor(string name, DataPhase data, CdbLayout layout)
    {
        Name = name;
        Data = data;
        Layout = layout;
        LogicalBlockAddress = layout.Find("LOGICAL BLOCK ADDRESS");
        AllocationLength = layout.Find("ALLOCATION LENGTH");
        ParameterListLength = layout.Find("PARAMETER LIST LENGTH");
        _durationLimit = layout.Find("DLD") is { } whole
            ? [whole]
            : [.. s_durationLimitNames.Select(layout.Find).OfType<CdbField>()];
        foreach (var length in s_lengthNames) TransferLength ??= layout.Find(length);
    }

    /// <summary>The command's name in the standard, as in <c>READ (16)</c>.</summary>
    public string Name { get; }

    /// <summary>Which data it transfers.</summary>
    public DataPhase Data { get; }

    /// <summary>Its CDB, with every field the standard gives it.</summary>
    public CdbLayout Layout { get; }

    /// <summary>
    /// The standard that defines it, such as <c>SBC-5</c>; its clause is titled by the name and "command".
    /// </summary>
    public required string Standard { get; init; }

    /// <summary>The standard has given it up; the row is there so that it is named and refused on purpose.</summary>
    public bool IsObsolete { get; init; }

    /// <summary>
    /// What a reader of the command table should know: why it is gone, or what is not verified. May be null.
    /// </summary>
    public string? Note { get; init; }

    /// <summary>OPERATION CODE.</summary>
    public byte OperationCode => Layout.OperationCode;

    /// <summary>SERVICE ACTION, where the command has one.</summary>
    public ushort? ServiceAction => Layout.ServiceAction;

    /// <summary>LOGICAL BLOCK ADDRESS, where it has one.</summary>
    public CdbField? LogicalBlockAddress { get; }

    /// <summary>ALLOCATION LENGTH in bytes, where it has one.</summary>
    public CdbField? AllocationLength { get; }

    /// <summary>PARAMETER LIST LENGTH in bytes, where it has one.</summary>
    public CdbField? ParameterListLength { get; }

    /// <summary>
    /// How many blocks (or bytes, where its name says so), under whichever name the command gives it.
    /// </summary>
    public CdbField? TransferLength { get; }

    /// <summary>Whether a CDB can name a command duration limit.</summary>
    public bool HasDurationLimit => _durationLimit.Length > 0;

    /// <summary>The duration limit descriptor that a CDB names, 1 to 7; 0 for none.</summary>
    public int DurationLimitDescriptor(ReadOnlySpan<byte> cdb)
    {
        var descriptor = 0UL;
        foreach (ref readonly var field in _durationLimit.AsSpan()) descriptor = descriptor << 1 | field.Get(cdb);
        return (int)descriptor;
    }

    /// <summary>Begins a CDB: clears it and writes what selects the command.</summary>
    /// <param name="cdb">At least as long as the layout.</param>
    /// <returns>The part of the span that is the CDB.</returns>
    public Span<byte> Begin(Span<byte> cdb)
    {
        cdb.Clear();
        foreach (var field in Layout.Fields)
        {
            if (field.FixedValue is { } value) field.Set(cdb, value);
        }

        return cdb[..Layout.Length];
    }

    /// <summary>The same command with a narrower CDB.</summary>
    public CommandDescriptor Without(params ReadOnlySpan<string> fields) => new(Name, Data, Layout.Without(fields))
    {
        Standard = Standard,
        IsObsolete = IsObsolete,
        Note = Note,
    };

    /// <summary>
    /// What every CDB of this command must hold: the additional length of the variable length format, and no bit that
    /// nobody looks at. Null when it is so.
    /// </summary>
    public Sense? Check(ReadOnlySpan<byte> cdb) =>
        OperationCode == CdbLayout.VariableLength && cdb[7] != Layout.Length - 8
            ? Sense.InvalidFieldInCdb(byteIndex: 7)
            : Layout.FindStrayBit(cdb);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
