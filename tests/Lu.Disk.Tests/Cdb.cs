using Lunette.Scsi;

namespace Lunette.Lu.Disk.Tests;

/// <summary>CDBs by the names of their fields.</summary>
internal static class Cdb
{
    public static byte[] Of(CommandDescriptor command, params ReadOnlySpan<(string Field, ulong Value)> fields)
    {
        var cdb = new byte[command.Layout.Length];
        command.Begin(cdb);
        if (command.OperationCode == CdbLayout.VariableLength) cdb[7] = (byte)(cdb.Length - 8);
        foreach (var (name, value) in fields)
            (command.Layout.Find(name) ?? throw new ArgumentException($"{command} has no {name}")).Set(cdb, value);
        return cdb;
    }

    /// <summary>A command over blocks, whatever it calls its length.</summary>
    public static byte[] Blocks(CommandDescriptor command, ulong lba, ulong count,
        params ReadOnlySpan<(string Field, ulong Value)> fields)
    {
        var cdb = Of(command, fields);
        command.LogicalBlockAddress!.Value.Set(cdb, lba);
        command.TransferLength!.Value.Set(cdb, count);
        return cdb;
    }
}
