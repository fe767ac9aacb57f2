using System.CommandLine;
using System.Globalization;
using Lunette.Admin.Contracts.Adapters;
using Lunette.Cli.Adapters;
using Lunette.Cli.Output;
using Lunette.Scsi;
using static Lunette.Cli.CommandRunner;

namespace Lunette.Cli.Disks;

/// <summary>inquiry, tur, capacity and cdb: one command to a device, and what came of it.</summary>
internal sealed class DeviceCommands(Terminal terminal, string family)
{
    private const int PageLengthMax = 65535;

    /// <summary>Those of <c>lunette disk</c>: of a device named by one word.</summary>
    public static IEnumerable<Command> MakeForDisk(CommandRunner runner)
    {
        var commands = new DeviceCommands(runner.Terminal, "disk");
        var access = new DeviceAccess();
        var at = Operand("device", DeviceAccess.LocationSummary);
        var json = Json();
        var page = Value("--page", "-p", "a vital product data page, in hexadecimal");
        yield return Make("inquiry", "Shows what a device is.", (port, said) =>
            commands.InquireAsync(port, said.GetValue(page), said.GetValue(json)), page, json);
        yield return Make("tur", "Asks whether a device is ready.", async (port, _) =>
            commands.Tell("tur", await PortDisk.TryAsync(port, new byte[6], 0, null)));
        yield return Make("capacity", "Shows how large a disk is.", (port, said) =>
            commands.CapacityAsync(port, said.GetValue(json)), json);
        var cdb = new CdbOptions();
        yield return Make("cdb", "Sends any command.", async (port, said) => commands.Tell(
            "cdb", await cdb.SendAsync(port, said), cdb.FileOf(said)), [.. cdb.Symbols, cdb.Bytes]);

        Command Make(string name, string summary, Func<IScsiPort, ParseResult, Task<int>> act,
            params IReadOnlyList<Symbol> takes)
        {
            Symbol[] symbols = [.. access.Symbols, .. takes.OfType<Option>(), at, .. takes.OfType<Argument>()];
            return runner.Subcommand(name, summary, (admin, said) =>
                commands.GuardAsync(name, said.GetValue(at), async () =>
                {
                    await using var port = await DeviceAccess.OpenPortAsync(
                        admin, said.GetRequiredValue(at), access.Login(said, runner.Terminal));
                    return await act(port, said);
                }), symbols);
        }
    }

    /// <summary>Those of <c>lunette adapter</c>: of a started device, named as its operations name it.</summary>
    public static IEnumerable<Command> MakeForAdapter(CommandRunner runner)
    {
        var commands = new DeviceCommands(runner.Terminal, "adapter");
        var adapter = Operand("adapter", "the adapter, such as scsi0");
        var id = new Argument<ulong>("scsi-id") { Description = "the target's SCSI ID" };
        var lun = new Argument<int>("lun") { Description = "the logical unit number" };
        var json = Json();
        var page = Value("--page", "-p", "a vital product data page, in hexadecimal");
        yield return runner.Subcommand("inquiry", "Shows what a device is (SCIOINQU).", (admin, said) =>
            commands.GuardAsync("inquiry", At(said), async () =>
            {
                await using var port = await HostedPort.OpenAsync(admin, Device(said));
                return await commands.InquireAsync(port, said.GetValue(page), said.GetValue(json));
            }), page, json, adapter, id, lun);
        var cdb = new CdbOptions();
        var queued = Switch("--queue", "-q", "through the device's queue, not by SCIOCMD");
        var resume = Switch("--resume", "-r", "with SC_RESUME; through the queue");
        var tagged = Switch("--tagged", "-g", "with a SIMPLE tag; through the queue");
        yield return runner.Subcommand("cdb", "Sends any command to a started device.", async (admin, said) =>
        {
            var command = cdb.Read(said);
            if (!command.Succeeded) return runner.Terminal.Fail("adapter cdb", At(said), command.WithoutValue);
            var (bytes, length, data) = command.Value!;
            var answer = await admin.SendAdapterCommandAsync(new AdapterCommandArguments
            {
                Adapter = said.GetRequiredValue(adapter),
                ScsiId = said.GetValue(id),
                Lun = said.GetValue(lun),
                Cdb = bytes,
                DataInLength = length,
                DataOut = data,
                Entry = said.GetValue(queued) || said.GetValue(resume) || said.GetValue(tagged)
                    ? AdapterEntry.Strategy
                    : AdapterEntry.Ioctl,
                Resume = said.GetValue(resume),
                Tagged = said.GetValue(tagged),
            });
            if (answer is { Succeeded: true, Value.Data.Length: > 0 } && !said.GetValue(json))
                commands.Show(answer.Value.Data, cdb.FileOf(said));
            return AdapterAnswerView.Write(
                runner.Terminal, "adapter cdb", At(said), answer, said.GetValue(json));
        }, [.. cdb.Symbols, queued, resume, tagged, json, adapter, id, lun, cdb.Bytes]);

        DeviceLocation.Hosted Device(ParseResult said) =>
            new(said.GetRequiredValue(adapter), said.GetValue(id), said.GetValue(lun));

        string At(ParseResult said) => Device(said).ToString();
    }

    /// <summary>Runs a command; what it cannot do is told in one line.</summary>
    public async Task<int> GuardAsync(string name, string? subject, Func<Task<int>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception failed) when (failed is DiskCommandException or IOException or UnauthorizedAccessException
            or Initiator.Iscsi.IscsiException)
        {
            return terminal.Fail($"{family} {name}", subject, Printable.Of(failed.Message));
        }
    }

    private async Task<int> InquireAsync(IScsiPort port, string? page, bool json)
    {
        if (page is not null) return await ReadPageAsync(port, page);
        const int Length = StandardInquiryData.Length;
        var answer = await PortDisk.TryAsync(port, [0x12, 0, 0, 0, Length, 0], Length, null);
        if (!answer.Succeeded) return Tell("inquiry", answer);
        if (!StandardInquiryData.TryParse(answer.Data, out var data))
            return terminal.Fail($"{family} inquiry", null, "the INQUIRY data is too short");
        var view = new InquiryView(
            data.Peripheral.DeviceType.ToString(), data.Peripheral.Qualifier.ToString(),
            Printable.Of(data.VendorIdentification), Printable.Of(data.ProductIdentification),
            Printable.Of(data.ProductRevisionLevel), data.Version, data.RemovableMedium);
        if (json)
        {
            terminal.Output.WriteLine(
                System.Text.Json.JsonSerializer.Serialize(view, CliJson.Default.InquiryView));
            return ExitStatus.Success;
        }
        Line("type", view.Type);
        Line("qualifier", view.Qualifier);
        Line("vendor", view.Vendor);
        Line("product", view.Product);
        Line("revision", view.Revision);
        Line("version", view.Version.ToString("X2", CultureInfo.InvariantCulture) + "h");
        Line("removable", view.Removable ? "yes" : "no");
        return ExitStatus.Success;
    }

    private async Task<int> ReadPageAsync(IScsiPort port, string page)
    {
        if (!byte.TryParse(page, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code))
            return terminal.Fail($"{family} inquiry", page, "a page is two hexadecimal digits");
        byte[] cdb = [0x12, 1, code, PageLengthMax >> 8, PageLengthMax & 0xFF, 0];
        var answer = await PortDisk.TryAsync(port, cdb, PageLengthMax, null);
        if (!answer.Succeeded) return Tell("inquiry", answer);
        const byte SerialNumberPage = 0x80;
        if (code == SerialNumberPage && UnitSerialNumber.Parse(answer.Data) is { } serial)
            Line("serial", Printable.Of(serial));
        HexDump.Write(terminal.Output, answer.Data);
        return ExitStatus.Success;
    }

    private async Task<int> CapacityAsync(IScsiPort port, bool json)
    {
        var capacity = await PortDisk.ReadCapacityAsync(port);
        var view = new CapacityView(capacity.LastLba + 1, capacity.BlockLength,
            (capacity.LastLba + 1) * capacity.BlockLength, capacity.ProvisioningManagement);
        if (json)
        {
            terminal.Output.WriteLine(
                System.Text.Json.JsonSerializer.Serialize(view, CliJson.Default.CapacityView));
            return ExitStatus.Success;
        }
        Line("blocks", view.Blocks.ToString(CultureInfo.InvariantCulture));
        Line("block", view.BlockLength.ToString(CultureInfo.InvariantCulture));
        Line("bytes", view.Bytes.ToString(CultureInfo.InvariantCulture));
        Line("unmaps", view.Unmaps ? "yes" : "no");
        return ExitStatus.Success;
    }

    private int Tell(string name, PortAnswer answer, string? file = null)
    {
        if (answer.Data.Length > 0) Show(answer.Data, file);
        return answer.Succeeded
            ? ExitStatus.Success
            : terminal.Fail($"{family} {name}", null, Printable.Of(answer.Failure!));
    }

    private void Show(byte[] data, string? file)
    {
        if (file is null) HexDump.Write(terminal.Output, data);
        else File.WriteAllBytes(file, data);
    }

    private void Line(string label, string value) => terminal.Output.WriteLine($"{label,-11}{value}");
}

/// <summary>A device as <c>inquiry --json</c> shows it.</summary>
internal sealed record InquiryView(
    string Type, string Qualifier, string Vendor, string Product, string Revision, byte Version, bool Removable);

/// <summary>A disk as <c>capacity --json</c> shows it.</summary>
internal sealed record CapacityView(ulong Blocks, uint BlockLength, ulong Bytes, bool Unmaps);
