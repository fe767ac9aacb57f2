using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Lunette.Cli.Output;
using Lunette.Initiator.Iscsi;
using Lunette.Scsi;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Disks;

/// <summary>lunette disk discover: the targets of a portal and what they show to us.</summary>
internal sealed class DiskDiscovery(Terminal terminal, UrlLogin login)
{
    private const int UnitsMax = 256;

    public static Command Make(CommandRunner runner)
    {
        var access = new DeviceAccess();
        var guard = new DeviceCommands(runner.Terminal, "disk");
        var at = Operand("portal", "iscsi://[user@]host[:port], or a target there");
        var json = Json();
        return runner.Subcommand("discover", "Lists the targets of a portal and their logical units.", (_, said) =>
            guard.GuardAsync("discover", said.GetValue(at), async () =>
                IscsiUrl.TryParse(said.GetValue(at), out var url)
                ? await new DiskDiscovery(runner.Terminal, access.Login(said, runner.Terminal))
                    .RunAsync(url, said.GetValue(json))
                : throw new DiskCommandException("write iscsi://[user@]host[:port], and no password")),
            [.. access.Symbols, json, at]);
    }

    private async Task<int> RunAsync(IscsiUrl url, bool json)
    {
        var found = new List<DiscoveredUnit>();
        foreach (var target in url.Target is { } named ? [named] : await TargetsAsync(url))
            await LookAsync(url with { Target = target, Lun = 0 }, found);
        // Some of what is there may be broken; where all is, nothing was found.
        var exit = found.Count > 0 && found.All(unit => unit.Error is not null)
            ? ExitStatus.Failure
            : ExitStatus.Success;
        if (json)
        {
            terminal.Output.WriteLine(
                JsonSerializer.Serialize(found, CliJson.Default.IReadOnlyListDiscoveredUnit));
            return exit;
        }
        Table.Write(terminal.Output, ["TARGET", "LUN", "TYPE", "BYTES", "VENDOR", "PRODUCT", "SERIAL"], found.Select(
            unit => (string[])
            [
                unit.Target, unit.Lun < 0 ? "-" : unit.Lun.ToString(CultureInfo.InvariantCulture),
                unit.Error ?? unit.Type, unit.Bytes == 0 ? "-" : unit.Bytes.ToString(CultureInfo.InvariantCulture),
                unit.Vendor, unit.Product, unit.Serial,
            ]));
        return exit;
    }

    private async Task<IReadOnlyList<string>> TargetsAsync(IscsiUrl url)
    {
        await using var initiator = IscsiInitiator.Start(login.Node);
        var targets = await initiator.DiscoverAsync(UrlLogin.Portal(url), login.Discovery(url));
        return [.. targets.Select(target => target.Name.Value)];
    }

    private async Task LookAsync(IscsiUrl url, List<DiscoveredUnit> into)
    {
        try
        {
            await using var port = await UrlPort.OpenAsync(login, url);
            await DescribeAllAsync(url.Target!, port, port.At, into);
        }
        catch (DiskCommandException refused)
        {
            into.Add(new(url.Target!, -1, "", 0, "", "", "", Printable.Of(refused.Message)));
        }
    }

    /// <summary>Asks a target what it has; what it says is bounded and made fit to be shown.</summary>
    internal static async Task DescribeAllAsync(
        string target, IScsiPort port, Func<Lun, IScsiPort> at, List<DiscoveredUnit> into)
    {
        const int ListLength = 8 + (UnitsMax * 8);
        var list = await PortDisk.TryAsync(
            port, [0xA0, 0, 0, 0, 0, 0, 0, 0, ListLength >> 8, ListLength & 0xFF, 0, 0], ListLength, null);
        // A target that knows no REPORT LUNS has LUN 0.
        string? complaint = null;
        foreach (var lun in list.Succeeded ? LunInventory.Numbers(list.Data, UnitsMax, out complaint) : [0])
            into.Add(await DescribeAsync(target, lun, at(Lun.FromNumber(lun))));
        if (complaint is not null) into.Add(new(target, -1, "", 0, "", "", "", complaint));
    }

    private static async Task<DiscoveredUnit> DescribeAsync(string target, int lun, IScsiPort port)
    {
        const int Length = StandardInquiryData.Length;
        const int PageLength = 252;
        var answer = await PortDisk.TryAsync(port, [0x12, 0, 0, 0, Length, 0], Length, null);
        if (!answer.Succeeded || !StandardInquiryData.TryParse(answer.Data, out var inquiry))
            return new(target, lun, "", 0, "", "", "", Printable.Of(answer.Failure ?? "INQUIRY data too short"));
        var page = await PortDisk.TryAsync(port, [0x12, 1, 0x80, 0, PageLength, 0], PageLength, null);
        var serial = page.Succeeded ? UnitSerialNumber.Parse(page.Data) : null;
        var bytes = 0UL;
        string? fault = null;
        if (inquiry.Peripheral.DeviceType == PeripheralDeviceType.DirectAccessBlock)
        {
            try
            {
                var capacity = await PortDisk.ReadCapacityAsync(port);
                bytes = (capacity.LastLba + 1) * capacity.BlockLength;
            }
            catch (DiskCommandException without)
            {
                fault = Printable.Of(without.Message);
            }
        }
        return new(target, lun, inquiry.Peripheral.DeviceType.ToString(), bytes,
            Printable.Of(inquiry.VendorIdentification), Printable.Of(inquiry.ProductIdentification),
            Printable.Of(serial ?? ""), fault);
    }
}

/// <summary>A logical unit as <c>discover</c> shows it; what is wrong with it stands beside what it says.</summary>
internal sealed record DiscoveredUnit(
    string Target, int Lun, string Type, ulong Bytes, string Vendor, string Product, string Serial, string? Error);
