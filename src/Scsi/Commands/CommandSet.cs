namespace Lunette.Scsi;

/// <summary>
/// Every command that has a row here, for traces, documents and the table of what is not implemented.
/// </summary>
public static class CommandSet
{
    /// <summary>All rows by operation code and service action.</summary>
    public static CommandTable<CommandDescriptor> All { get; } =
        new([.. PrimaryCommands.All, .. BlockCommands.All], static row => row);
}
