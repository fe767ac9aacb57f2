using System.Globalization;
using System.Text.Json;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Cli.Output;

namespace Lunette.Cli.Adapters;

/// <summary>lunette adapter list, devices and discover.</summary>
internal sealed class AdapterLists(Terminal terminal)
{
    public async Task<int> AdaptersAsync(IAdapters adapters, bool verbose, bool json)
    {
        var list = await adapters.GetAdaptersAsync();
        if (!list.Succeeded) return terminal.Fail("adapter list", null, list.WithoutValue);
        if (json) return Json(list.Value!, CliJson.Default.IReadOnlyListAdapterProperties);
        Table.Write(terminal.Output, ["NAME", "TRANSPORT", "TARGETS", "STARTED", "STATUS"], list.Value!.Select(
            one => (string[])[one.Name, one.Transport.ToString().ToLowerInvariant(), Number(one.Targets.Count),
                Number(one.StartedDevices), one.Fault ?? "available"]));
        if (!verbose) return ExitStatus.Success;
        foreach (var adapter in list.Value!)
        {
            terminal.Output.WriteLine();
            terminal.Output.WriteLine($"{adapter.Name} logs in as {adapter.InitiatorName}");
            foreach (var target in adapter.Targets) terminal.Output.WriteLine("    " + Describe(target));
        }
        return ExitStatus.Success;
    }

    public async Task<int> DevicesAsync(IAdapters adapters, string adapter, bool verbose, bool json)
    {
        var list = await adapters.GetAdapterDevicesAsync(adapter);
        if (!list.Succeeded) return terminal.Fail("adapter devices", adapter, list.WithoutValue);
        if (json) return Json(list.Value!, CliJson.Default.IReadOnlyListAdapterDevice);
        Table.Write(terminal.Output, ["DEVICE", "STATE", "PENDING", "ACTIVE"], list.Value!.Select(
            one => (string[])[$"{adapter}/{one.ScsiId}/{one.Lun}", one.State.ToLowerInvariant(), Number(one.Pending),
                Number(one.Active)]));
        if (!verbose) return ExitStatus.Success;
        foreach (var device in list.Value!)
        {
            terminal.Output.WriteLine();
            terminal.Output.WriteLine($"{adapter}/{device.ScsiId}/{device.Lun}");
            foreach (var transition in device.Transitions) terminal.Output.WriteLine("    " + transition);
        }
        return ExitStatus.Success;
    }

    public async Task<int> FindingsAsync(IAdapters adapters, string adapter, bool json)
    {
        var list = await adapters.DiscoverAdapterAsync(adapter);
        if (!list.Succeeded) return terminal.Fail("adapter discover", adapter, list.WithoutValue);
        if (json) return Json(list.Value!, CliJson.Default.IReadOnlyListAdapterFinding);
        Table.Write(terminal.Output, ["DEVICE", "TYPE", "VENDOR", "PRODUCT", "REV", "SERIAL", "TARGET"],
            list.Value!.Select(one => (string[])
                [
                    one.Lun < 0 ? $"{adapter}/{one.ScsiId}" : $"{adapter}/{one.ScsiId}/{one.Lun}",
                    one.Error ?? one.Type, one.Vendor, one.Product, one.Revision, one.Serial, one.Target,
                ]));
        return ExitStatus.Success;
    }

    private int Json<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> info)
    {
        terminal.Output.WriteLine(JsonSerializer.Serialize(value, info));
        return ExitStatus.Success;
    }

    private static string Describe(AdapterTargetSettings target)
    {
        var at = target.Portal is null ? "" : $" at {target.Portal}";
        var unit = target.Lun == 0 ? "" : $"/{target.Lun}";
        var chap = target.ChapUser is null ? "" : $", CHAP as {target.ChapUser}";
        var mutual = target.TargetChapUser is null ? "" : $", who proves to be {target.TargetChapUser}";
        return $"{target.ScsiId}{unit}  {target.Address}{at}{chap}{mutual}";
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
