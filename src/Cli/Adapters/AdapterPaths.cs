using System.Globalization;
using System.Text.Json;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Cli.Output;

namespace Lunette.Cli.Adapters;

/// <summary>One way to a logical unit.</summary>
/// <param name="Unit">The unit by its serial number; "-" where it did not say.</param>
/// <param name="PathId">Counts the ways to one unit.</param>
/// <param name="Status">Enabled; missing where the target does not answer; defined where the adapter does not
/// run.</param>
/// <param name="Device">Adapter, SCSI ID and logical unit number.</param>
/// <param name="Target">What the SCSI ID is bound to.</param>
/// <param name="Error">Why there is no way; null where there is.</param>
internal sealed record AdapterPath(string Unit, int PathId, string Status, string Device, string Target, string? Error);

/// <summary>lunette adapter paths: which adapters lead to which logical unit, as lspath lists them.</summary>
internal sealed class AdapterPaths(Terminal terminal)
{
    private const string NoUnit = "-";

    public async Task<int> ListAsync(IAdapters adapters, bool json)
    {
        var known = await adapters.GetAdaptersAsync();
        if (!known.Succeeded) return terminal.Fail("adapter paths", null, known.WithoutValue);
        var ways = new List<(string Vendor, AdapterPath Path)>();
        foreach (var adapter in known.Value!)
        {
            if (adapter.Fault is not null)
            {
                ways.AddRange(adapter.Targets.Select(target => ("", Undiscovered(adapter, target))));
                continue;
            }
            var found = await adapters.DiscoverAdapterAsync(adapter.Name);
            if (!found.Succeeded) return terminal.Fail("adapter paths", adapter.Name, found.WithoutValue);
            ways.AddRange(found.Value!.Select(finding => (finding.Vendor, Of(adapter.Name, finding))));
        }
        AdapterPath[] paths = [.. Numbered(ways)];
        if (json)
        {
            terminal.Output.WriteLine(JsonSerializer.Serialize(paths, CliJson.Default.AdapterPathArray));
            return ExitStatus.Success;
        }
        Table.Write(terminal.Output, ["UNIT", "PATH", "STATUS", "DEVICE", "TARGET"], paths.Select(path => (string[])
            [
                path.Unit, path.PathId.ToString(CultureInfo.InvariantCulture), path.Status, path.Device,
                path.Error is null ? path.Target : $"{path.Target}: {path.Error}",
            ]));
        return ExitStatus.Success;
    }

    // The same serial number of the same vendor is the same unit; what has none stands for itself.
    private static IEnumerable<AdapterPath> Numbered(IEnumerable<(string Vendor, AdapterPath Path)> ways) => ways
        .GroupBy(way => way.Path.Unit == NoUnit ? (way.Path.Device, NoUnit) : (way.Vendor, way.Path.Unit))
        .SelectMany(unit => unit.Select((way, i) => way.Path with { PathId = i }));

    private static AdapterPath Of(string adapter, AdapterFinding finding) => new(
        finding.Serial.Length == 0 ? NoUnit : finding.Serial, 0, finding.Error is null ? "enabled" : "missing",
        finding.Lun < 0 ? $"{adapter}/{finding.ScsiId}" : $"{adapter}/{finding.ScsiId}/{finding.Lun}",
        finding.Target, finding.Error);

    private static AdapterPath Undiscovered(AdapterProperties adapter, AdapterTargetSettings target) => new(
        NoUnit, 0, "defined", $"{adapter.Name}/{target.ScsiId}", target.Address ?? "", adapter.Fault);
}
