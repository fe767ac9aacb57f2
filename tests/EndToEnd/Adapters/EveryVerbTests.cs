using System.Text.Json;
using System.Text.RegularExpressions;

namespace Lunette.EndToEnd.Adapters;

/// <summary>
/// Each verb of lunette adapter, and of lunette disk that speaks to devices, once through the daemon.
/// </summary>
public sealed partial class EveryVerbTests : EndToEndTests
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    private readonly SortedSet<string> _shown = new(StringComparer.Ordinal);
    private RunningDaemon? _daemon;

    [Fact]
    public async Task EveryVerb_ShownOnce()
    {
        await using var daemon = _daemon = await RunningDaemon.StartAsync(Home, "--ram", "4m");
        var target = $"iscsi://{daemon.Portal}/{daemon.Target}";
        Assert.Equal("", await DoAsync($"adapter configure iscsi0 --iscsi 1={target}"));
        Assert.Matches(@"(?m)^iscsi0 +iscsi +1 +0 +available$", await DoAsync("adapter list"));
        Assert.Contains("LUNETTE", await DoAsync("adapter discover iscsi0"), StringComparison.Ordinal);
        Assert.Matches(@"(?m)^\S+ +0 +enabled +iscsi0/1/1 ", await DoAsync("adapter paths"));
        await DoAsync("adapter start iscsi0 1 1");
        Assert.Equal("running", await StateAsync());
        Assert.Matches("(?m)^vendor +LUNETTE$", await DoAsync("adapter inquiry iscsi0 1 1"));
        await ReadyAsync();
        Assert.Contains("00000000  ", await DoAsync("adapter cdb iscsi0 1 1 --in 36 12 00 00 00 24 00"),
            StringComparison.Ordinal);

        await DoAsync("adapter stop-unit iscsi0 1 1");
        Assert.NotEqual(0, (await daemon.RunAsync("adapter tur iscsi0 1 1")).Exit);
        await DoAsync("adapter start-unit iscsi0 1 1");
        await ReadyAsync();

        await ParkAsync();
        await DoAsync("adapter resume-queue iscsi0 1 1");
        Assert.Equal("running", await StateAsync());
        await ParkAsync();
        await DoAsync("adapter clear-queue iscsi0 1 1");
        Assert.Equal("halted", await StateAsync());
        await DoAsync("adapter resume iscsi0 1 1");
        Assert.Equal("running", await StateAsync());
        foreach (var ending in (string[])["halt", "reset", "reset-lun"])
        {
            await DoAsync($"adapter {ending} iscsi0 1 1");
            Assert.Equal("halted", await StateAsync());
            // What a reset tells is an error once more.
            await daemon.RunAsync("adapter resume iscsi0 1 1");
            await daemon.RunAsync("adapter resume iscsi0 1 1");
            Assert.Equal("running", await StateAsync());
        }
        await TargetModeAsync(daemon);
        await DiskAsync($"{target}/1", $"iscsi://{daemon.Portal}");
        Assert.Equal("[]\n", await DoAsync("adapter errpt --json"));
        await DoAsync("adapter stop iscsi0 1 1");
        await DoAsync("adapter remove iscsi0");

        var adapter = await VerbsAsync("adapter");
        Assert.NotEmpty(adapter);
        Assert.Equal(adapter.Order(StringComparer.Ordinal), _shown.Where(verb => verb.StartsWith("adapter ", Ordinal)));
        // The noun has the framework's verbs as well, which CompletenessTests counts.
        Assert.Superset(_shown.Where(verb => verb.StartsWith("disk ", Ordinal)).ToHashSet(),
            (await VerbsAsync("disk")).ToHashSet());
    }

    // One adapter sends to another: SEND (6) to the processor device that the other is in target mode.
    private async Task TargetModeAsync(RunningDaemon daemon)
    {
        const string Host = "iqn.2026-11.example:sender";
        await DoAsync("adapter configure vscsi0 --virtual 1");
        await DoAsync($"adapter configure vscsi1 --virtual 1=iqn.2026-11.example:door -i {Host}");
        await DoAsync($"adapter start-target vscsi0 3 {Host}");
        var twice = await daemon.RunAsync("adapter start-target vscsi0 3 iqn.2026-11.example:other");
        Assert.Contains("EINVAL", twice.Error, StringComparison.Ordinal);
        Assert.Contains("stop them first", (await daemon.RunAsync("adapter remove vscsi0")).Error,
            StringComparison.Ordinal);
        var processor = ProcessorLine().Match(await daemon.DoAsync("stmfadm list-lu -v")).Groups[1].Value;
        await daemon.DoAsync($"stmfadm add-view -n 9 {processor}");

        await DoAsync("adapter start vscsi1 1 9");
        for (var i = 0; i < 5; i++)
            if ((await daemon.RunAsync("adapter tur vscsi1 1 9")).Exit == 0) break;
        Assert.Contains("Processor", await DoAsync("adapter discover vscsi1"), StringComparison.Ordinal);
        var (sent, back) = (Path.Combine(Home, "sent"), Path.Combine(Home, "received"));
        var data = new byte[70_000];
        new Random(5).NextBytes(data);
        await File.WriteAllBytesAsync(sent, data, TestContext.Current.CancellationToken);
        await DoAsync($"adapter cdb vscsi1 1 9 --out {sent} 0a 00 01 11 70 00");
        Assert.Matches("(?m)^vscsi0/3/0 +receiving +1 +0$", await DoAsync("adapter devices vscsi0"));
        Assert.Contains($"{Host}: 1 SENDs came", await DoAsync("adapter devices vscsi0 -v"), StringComparison.Ordinal);
        await DoAsync($"adapter receive vscsi0 3 -o {back}");
        Assert.Equal(data, await File.ReadAllBytesAsync(back, TestContext.Current.CancellationToken));
        Assert.Equal("", await DoAsync("adapter receive vscsi0 3"));
        await DoAsync($"adapter receive vscsi0 3 -o {back}.none");
        Assert.False(File.Exists(back + ".none"));

        await DoAsync("adapter stop-target vscsi0 3");
        var ended = await daemon.RunAsync($"adapter cdb vscsi1 1 9 --out {sent} 0a 00 01 11 70 00");
        Assert.Contains("2/04,03", ended.Error, StringComparison.Ordinal);
        var unknown = await daemon.RunAsync("adapter receive vscsi0 3");
        Assert.Contains("nobody with this SCSI ID may send", unknown.Error, StringComparison.Ordinal);
        var other = await daemon.RunAsync($"adapter start-target iscsi0 3 {Host}");
        Assert.Contains("has no target mode", other.Error, StringComparison.Ordinal);
        await DoAsync("adapter stop vscsi1 1 9");
        await DoAsync("adapter remove vscsi0");
    }

    private async Task DiskAsync(string url, string portal)
    {
        var bytes = new byte[2048];
        new Random(9).NextBytes(bytes);
        var (file, back) = (Path.Combine(Home, "blocks"), Path.Combine(Home, "back"));
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        Assert.Contains("4194304", await DoAsync($"disk discover {portal}"), StringComparison.Ordinal);
        Assert.Contains("LUNETTE", await DoAsync($"disk inquiry {url}"), StringComparison.Ordinal);
        await DoAsync($"disk tur {url}");
        Assert.Contains("4194304", await DoAsync($"disk capacity {url}"), StringComparison.Ordinal);
        // Written by its URL, read through the adapter's queue; at the last blocks, and not past them.
        await DoAsync($"disk write {url} 8188 {file}");
        await DoAsync($"disk read -o {back} iscsi0/1/1 8188 4");
        Assert.Equal(bytes, await File.ReadAllBytesAsync(back, TestContext.Current.CancellationToken));
        var past = await _daemon!.RunAsync($"disk write {url} 8189 {file}");
        Assert.NotEqual(0, past.Exit);
        await File.WriteAllBytesAsync(file, bytes.AsMemory(0, 700), TestContext.Current.CancellationToken);
        var odd = await _daemon.RunAsync($"disk write {url} 0 {file}");
        Assert.Contains("is not made of blocks of 512 bytes", odd.Error, StringComparison.Ordinal);
        var image = Path.Combine(Home, "image");
        await DoAsync($"disk copy --verify {url} {image}");
        Assert.Equal(bytes, (await File.ReadAllBytesAsync(image, TestContext.Current.CancellationToken))[^2048..]);
        await DoAsync($"disk compare {url} {image}");
        Assert.Contains("IOPS", await DoAsync($"disk bench --seconds 0.2 {url}"), StringComparison.Ordinal);
        Assert.Contains("00000000  ", await DoAsync($"disk cdb {url} --in 36 12 00 00 00 24 00"),
            StringComparison.Ordinal);
    }

    // A tagged command that fails parks the queue.
    private async Task ParkAsync()
    {
        var failed = await _daemon!.RunAsync("adapter cdb iscsi0 1 1 --tagged --in 512 28 00 7f ff ff ff 00 00 01 00");
        Assert.Contains("the rest of the queue is parked", failed.Error, StringComparison.Ordinal);
        Assert.Equal("parked", await StateAsync());
    }

    // The first commands of a nexus meet its attentions.
    private async Task ReadyAsync()
    {
        for (var i = 0; i < 5; i++)
            if ((await _daemon!.RunAsync("adapter tur iscsi0 1 1")).Exit == 0) break;
        await DoAsync("adapter tur iscsi0 1 1");
    }

    private async Task<string> StateAsync()
    {
        using var devices = JsonDocument.Parse(await DoAsync("adapter devices iscsi0 --json"));
        return devices.RootElement[0].GetProperty("state").GetString()!.ToLowerInvariant();
    }

    private async Task<IEnumerable<string>> VerbsAsync(string noun)
    {
        var help = await _daemon!.DoAsync(noun + " --help");
        return VerbLine().Matches(help[help.IndexOf("Commands:", StringComparison.Ordinal)..])
            .Select(verb => $"{noun} {verb.Groups[1].Value}");
    }

    private Task<string> DoAsync(string line)
    {
        var words = line.Split(' ');
        _shown.Add($"{words[0]} {words[1]}");
        return _daemon!.DoAsync(line);
    }

    [GeneratedRegex(@"LU Name: ([0-9A-F]{32})\s+(?:(?!LU Name)[\s\S])*?Alias +: vscsi0")]
    private static partial Regex ProcessorLine();

    [GeneratedRegex(@"(?m)^  ([a-z][a-z-]*)\b")]
    private static partial Regex VerbLine();
}
