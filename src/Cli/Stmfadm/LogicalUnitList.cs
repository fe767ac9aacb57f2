using System.Globalization;
using Lunette.Admin.Contracts;
using Lunette.Cli.Output;

namespace Lunette.Cli.Stmfadm;

/// <summary>list-lu.</summary>
internal sealed class LogicalUnitList(Terminal terminal)
{
    private const string Command = StmfadmCommand.Name;
    private const int LabelWidth = 18;

    public async Task<int> RunAsync(IStmf stmf, IReadOnlyList<string> wanted, bool verbose)
    {
        var known = await stmf.GetLogicalUnitListAsync();
        if (!known.Succeeded) return terminal.Fail(Command, null, known.WithoutValue);
        var exit = ExitStatus.Success;
        foreach (var name in wanted.Count > 0 ? wanted : [.. known.Value!.Select(guid => guid.ToString())])
        {
            if (!StmfGuid.TryParse(name, out var guid))
                exit = terminal.FailGuid(Command, name);
            else if (!known.Value!.Contains(guid))
                exit = terminal.Fail(Command, name, StmfStatus.NotFound);
            else if (!verbose)
                terminal.Output.WriteLine($"LU Name: {guid}");
            else if (await WriteAsync(stmf, guid) is { Succeeded: false } failed)
                exit = terminal.Fail(Command, name, failed);
        }
        return exit;
    }

    private async Task<StmfResult> WriteAsync(IStmf stmf, StmfGuid guid)
    {
        var properties = await stmf.GetLogicalUnitPropertiesAsync(guid);
        if (!properties.Succeeded) return properties.WithoutValue;
        var views = await stmf.GetViewEntryListAsync(guid);
        if (!views.Succeeded) return views.WithoutValue;
        var registered = properties.Value!.Status != LogicalUnitState.Unregistered;
        terminal.Output.WriteLine($"LU Name: {guid}");
        Line("Operational Status", properties.Value.Status switch
        {
            LogicalUnitState.Online => "Online",
            LogicalUnitState.Offline => "Offline",
            LogicalUnitState.Onlining => "Onlining",
            LogicalUnitState.Offlining => "Offlining",
            LogicalUnitState.Unregistered => "unregistered",
            _ => "unknown",
        });
        Line("Provider Name", registered ? properties.Value.ProviderName : "unregistered");
        Line("Alias", properties.Value.Alias.Length == 0 ? "-" : properties.Value.Alias);
        Line("View Entry Count", views.Value!.Count.ToString(CultureInfo.InvariantCulture));
        if (!registered) return StmfStatus.Success;
        var resource = await stmf.GetLuResourceAsync(guid);
        // Another provider's logical unit has no properties of ours; what stands above is all there is to say.
        if (resource.Status == StmfStatus.InvalidArg) return StmfStatus.Success;
        if (!resource.Succeeded) return resource.WithoutValue;
        WriteProperties(resource.Value!);
        return StmfStatus.Success;
    }

    private void WriteProperties(LuResource resource)
    {
        Line("Data File", Text(LuProperty.Filename));
        Line("Meta File", Text(LuProperty.MetaFilename));
        Line("Size", Text(LuProperty.Size));
        Line("Block Size", Text(LuProperty.BlockSize));
        Line("Management URL", Text(LuProperty.MgmtUrl));
        Line("Vendor ID", Text(LuProperty.Vid, width: 8));
        Line("Product ID", Text(LuProperty.Pid, width: 16));
        Line("Serial Num", Text(LuProperty.SerialNum));
        Line("Write Protect", Switch(LuProperty.WriteProtect, whenTrue: "Enabled", whenFalse: "Disabled"));
        // The property says the opposite of the label.
        Line("Writeback Cache", Switch(LuProperty.WriteCacheDisable, whenTrue: "Disabled", whenFalse: "Enabled"));
        Line("Access State", resource.Get(LuProperty.AccessState).Value switch
        {
            "0" => "Active",
            "1" => "Active->Standby",
            "2" => "Standby",
            "3" => "Standby->Active",
            _ => "Unknown",
        });

        // Vendor and product are shown as they stand in INQUIRY data: padded.
        string Text(LuProperty property, int width = 0)
        {
            var value = resource.Get(property);
            return value.Status switch
            {
                StmfStatus.Success => value.Value!.PadRight(width),
                StmfStatus.NoPropStandby => StmfStatusRow.Of(value.Status).Meaning,
                _ => "not set",
            };
        }

        string Switch(LuProperty property, string whenTrue, string whenFalse) =>
            Text(property) switch { "true" => whenTrue, "false" => whenFalse, var other => other };
    }

    private void Line(string label, string value) =>
        terminal.Output.WriteLine($"    {label.PadRight(LabelWidth)}: {Printable.Of(value)}");
}
