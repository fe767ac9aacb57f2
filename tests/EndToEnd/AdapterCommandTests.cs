using System.Text.Json;

namespace Lunette.EndToEnd;

/// <summary>lunette adapter and lunette disk, each command a process of its own, against a daemon of the
/// test's.</summary>
public sealed class AdapterCommandTests : EndToEndTests
{
    [Theory]
    [InlineData("vscsi0")]
    [InlineData("iscsi0")]
    public async Task Queue_StartedByOneProcess_HaltedByAnother(string adapter)
    {
        await using var daemon = await RunningDaemon.StartAsync(Home);
        await daemon.DoAsync(adapter == "vscsi0"
            ? "adapter configure vscsi0 --virtual 1"
            : $"adapter configure iscsi0 --iscsi 1=iscsi://{daemon.Portal}/{daemon.Target}");

        await daemon.DoAsync($"adapter start {adapter} 1 0");
        var again = await daemon.RunAsync($"adapter start {adapter} 1 0");
        Assert.StartsWith($"lunette: {adapter}/1/0: EINVAL: the device is started already", again.Error);
        await TakeAttentionAsync(daemon, adapter);
        Assert.Equal("running", await StateAsync(daemon, adapter));

        await daemon.DoAsync($"adapter halt {adapter} 1 0");
        Assert.Equal("halted", await StateAsync(daemon, adapter));
        var rejected = await daemon.RunAsync($"adapter cdb {adapter} 1 0 --queue 00 00 00 00 00 00");
        Assert.Contains("ENXIO: the queue is halted", rejected.Error, StringComparison.Ordinal);
        await daemon.DoAsync($"adapter cdb {adapter} 1 0 --resume 00 00 00 00 00 00");
        Assert.Equal("running", await StateAsync(daemon, adapter));
        var busy = await daemon.RunAsync($"adapter remove {adapter}");
        Assert.Contains("stop them first", busy.Error, StringComparison.Ordinal);

        await daemon.DoAsync($"adapter stop {adapter} 1 0");
        var stopped = await daemon.RunAsync($"adapter halt {adapter} 1 0");
        Assert.Contains("EINVAL: the device is not started", stopped.Error, StringComparison.Ordinal);
        await daemon.DoAsync($"adapter remove {adapter}");
        Assert.DoesNotContain(adapter, await daemon.DoAsync("adapter list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_AdaptersAndErrorLog_AreThereAgain()
    {
        await using (var daemon = await RunningDaemon.StartAsync(Home))
        {
            await daemon.DoAsync("adapter configure vscsi0 --virtual 1 --virtual 2");
            await daemon.DoAsync("adapter start vscsi0 1 0");
            await TakeAttentionAsync(daemon, "vscsi0");
            // SC_Q_CLR where no recovery is open is a driver's error, and logged as one.
            await daemon.RunAsync("adapter clear-queue vscsi0 1 0");
            await daemon.SaysAsync("errlog SCSI_ERR6 vscsi0 at 1/0");
            Assert.Equal(0, await daemon.StopAsync());
        }
        await using (var daemon = await RunningDaemon.StartAsync(Home))
        {
            var list = await daemon.DoAsync("adapter list");
            Assert.Matches(@"(?m)^vscsi0 +virtual +2 +0 +available$", list);
            Assert.Matches(@"(?m)^52DB7218 +\d{10} +T +S +vscsi0 +DEVICE DRIVER ERROR$", await daemon.DoAsync("errpt"));
            var whole = await daemon.DoAsync("errpt -a -N vscsi0 -j 52DB7218 -T TEMP -d S");
            Assert.Contains("LABEL:           SCSI_ERR6", whole, StringComparison.Ordinal);
            Assert.Contains("Sequence Number: 1", whole, StringComparison.Ordinal);
            Assert.Equal("", await daemon.DoAsync("errpt -T PERM"));
            Assert.Equal("", await daemon.DoAsync("errpt -e 0101000020"));
            Assert.Equal("1 entries cleared\n", await daemon.DoAsync("errclear 0"));
            Assert.Equal("[]\n", await daemon.DoAsync("errpt --json"));
            // What went away does not give its number to others.
            await daemon.DoAsync("adapter start vscsi0 1 0");
            await daemon.RunAsync("adapter clear-queue vscsi0 1 0");
            Assert.Contains("\"sequence\": 2", await daemon.DoAsync("errpt --json"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Discover_TargetsAndUnits_AreListed()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home, "--ram", "16m");
        await daemon.DoAsync($"adapter configure iscsi0 --iscsi 1=iscsi://{daemon.Portal}/{daemon.Target}");
        await daemon.DoAsync("adapter configure vscsi0 --virtual 3");
        Assert.Matches(@"(?m)^iscsi0/1/1 +DirectAccessBlock +LUNETTE", await daemon.DoAsync("adapter discover iscsi0"));
        Assert.Matches(@"(?m)^vscsi0/3/0 +DirectAccessBlock +LUNETTE", await daemon.DoAsync("adapter discover vscsi0"));
        Assert.Matches("(?m)^vendor +LUNETTE$", await daemon.DoAsync("adapter inquiry iscsi0 1 1"));
        Assert.Matches($"(?m)^{daemon.Target} +1 +DirectAccessBlock +16777216 +LUNETTE",
            await daemon.DoAsync($"disk discover iscsi://{daemon.Portal}"));
        await daemon.DoAsync("adapter configure iscsi0 --add --iscsi 2=iscsi://127.0.0.1:1/iqn.2026-11.example:nobody");
        Assert.Matches("(?m)^iscsi0/2 +ENODEV: the target does not", await daemon.DoAsync("adapter discover iscsi0"));
        // Both adapters lead to the same two units.
        using var paths = JsonDocument.Parse(await daemon.DoAsync("adapter paths --json"));
        var rows = paths.RootElement.EnumerateArray().Select(row => (
            Unit: row.GetProperty("unit").GetString(), Id: row.GetProperty("pathId").GetInt32(),
            Status: row.GetProperty("status").GetString(), Device: row.GetProperty("device").GetString())).ToList();
        Assert.Equal([("iscsi0/1/0", 0), ("vscsi0/3/0", 1), ("iscsi0/1/1", 0), ("vscsi0/3/1", 1)],
            rows.Where(row => row.Status == "enabled").Select(row => (row.Device, row.Id)));
        Assert.Equal(2, rows.Where(row => row.Status == "enabled").Select(row => row.Unit).Distinct().Count());
        Assert.Contains(("-", 0, "missing", "iscsi0/2"), rows);
    }

    [Fact]
    public async Task Disk_ByUrlAndByAdapter_SameBytes()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home, "--ram", "8m");
        await daemon.DoAsync($"adapter configure iscsi0 --iscsi 1=iscsi://{daemon.Portal}/{daemon.Target}");
        var url = $"iscsi://{daemon.Portal}/{daemon.Target}/1";
        var image = Path.Combine(Home, "image");
        var back = Path.Combine(Home, "back");
        var bytes = new byte[8 << 20];
        new Random(3).NextBytes(bytes);
        await File.WriteAllBytesAsync(image, bytes, TestContext.Current.CancellationToken);

        await daemon.DoAsync($"disk copy --verify --digest both {image} {url}");
        await daemon.DoAsync($"disk copy --depth 4 iscsi0/1/1 {back}");
        Assert.Equal(bytes, await File.ReadAllBytesAsync(back, TestContext.Current.CancellationToken));
        await daemon.DoAsync($"disk compare iscsi0/1/1 {url}");

        bytes[4_321_000] ^= 1;
        await File.WriteAllBytesAsync(image, bytes, TestContext.Current.CancellationToken);
        var differ = await daemon.RunAsync($"disk compare {url} {image}");
        Assert.Equal((1, "lunette: they differ, first at byte 4321000\n"), (differ.Exit, differ.Error));
        await daemon.DoAsync($"disk copy --skip 4m --seek 4m --length 1m {image} iscsi0/1/1");
        await daemon.DoAsync($"disk compare {url} {image}");

        await daemon.DoAsync($"disk tur {url}");
        using var capacity = JsonDocument.Parse(await daemon.DoAsync($"disk capacity --json {url}"));
        Assert.Equal(8 << 20, capacity.RootElement.GetProperty("bytes").GetInt32());
        Assert.StartsWith("00000000  ", await daemon.DoAsync($"disk read {url} 5"));
        Assert.Contains("IOPS", await daemon.DoAsync($"disk bench --seconds 0.2 {url}"), StringComparison.Ordinal);
        var beyond = await daemon.RunAsync($"disk cdb {url} --in 512 28 00 7f ff ff ff 00 00 01 00");
        Assert.Contains("5/21,00", beyond.Error, StringComparison.Ordinal);

        // 2^64 bytes from its beginning is not its beginning.
        foreach (var lba in new[] { 16_384L, 1L << 55 })
        {
            var block = Path.Combine(Home, "block");
            await File.WriteAllBytesAsync(block, new byte[512], TestContext.Current.CancellationToken);
            var written = await daemon.RunAsync($"disk write {url} {lba} {block}");
            Assert.EndsWith(
                $": 1 blocks from {lba} on are not there: it has 16384 of 512 bytes\n", written.Error,
                StringComparison.Ordinal);
            Assert.Equal(1, (await daemon.RunAsync($"disk read {url} {lba}")).Exit);
        }
        await daemon.DoAsync($"disk compare {url} {image}");
    }

    [Fact]
    public async Task Url_NobodyThereOrNoSuchTarget_SaysWhy()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home);
        var nobody = await daemon.RunAsync("disk inquiry iscsi://127.0.0.1:1/iqn.2026-11.example:nobody/0");
        Assert.Equal(1, nobody.Exit);
        Assert.Contains("127.0.0.1:1", nobody.Error, StringComparison.Ordinal);
        var unknown = await daemon.RunAsync($"disk capacity iscsi://{daemon.Portal}/iqn.2026-11.example:nobody/0");
        Assert.Equal(1, unknown.Exit);
        var password = await daemon.RunAsync($"disk tur iscsi://me%secret@{daemon.Portal}/{daemon.Target}/0");
        Assert.Contains("no password", password.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chap_OfAnAdapter_SecretKeptAndNeverShown()
    {
        const string Secret = "a secret of a test";
        // At an address of its own, where nobody else takes the port between the two daemons.
        await using var daemon = await RunningDaemon.StartAsync(Home, "--portal", "127.0.83.1:0");
        var portal = (await daemon.StatusAsync()).Portals[^1];
        var file = Path.Combine(Home, "secret");
        await File.WriteAllTextAsync(file, Secret, TestContext.Current.CancellationToken);
        await daemon.DoAsync($"itadm create-initiator -S {file} -u me iqn.2026-11.example:chap");
        await daemon.DoAsync($"itadm modify-target -a chap {daemon.Target}");
        var target = $"1=iscsi://me@{portal}/{daemon.Target}";
        const string Configure = "adapter configure iscsi0 -i iqn.2026-11.example:chap";
        var without = await daemon.RunAsync($"{Configure} --iscsi {target}");
        Assert.Contains("needs a secret", without.Error, StringComparison.Ordinal);
        var shared = await daemon.RunAsync($"{Configure} -S {file} -t disk -f {file} --iscsi {target}");
        Assert.Contains("never share a secret", shared.Error, StringComparison.Ordinal);
        await daemon.DoAsync($"{Configure} -S {file} --iscsi {target}");
        Assert.Contains("LUNETTE", await daemon.DoAsync("adapter discover iscsi0"), StringComparison.Ordinal);
        Assert.Equal(0, await daemon.StopAsync());

        await using var again = await RunningDaemon.StartAsync(Home, "--portal", portal);
        Assert.Contains("LUNETTE", await again.DoAsync("adapter discover iscsi0"), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, await again.DoAsync("adapter list --json"), StringComparison.Ordinal);
        Assert.Contains("CHAP as me", await again.DoAsync("adapter list -v"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reset_OfATarget_QueueIsHaltedAndGoesOnWithResume()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home, "--ram", "16m");
        await daemon.DoAsync($"adapter configure iscsi0 --iscsi 1=iscsi://{daemon.Portal}/{daemon.Target}");
        await daemon.DoAsync("adapter start iscsi0 1 0");
        await TakeAttentionAsync(daemon, "iscsi0");
        foreach (var reset in (string[])["reset", "reset-lun"])
        {
            await daemon.DoAsync($"adapter {reset} iscsi0 1 0");
            Assert.Equal("halted", await StateAsync(daemon, "iscsi0"));
            // The reset's attention is an error once more; then it is taken.
            await daemon.RunAsync("adapter resume iscsi0 1 0");
            await daemon.DoAsync("adapter resume iscsi0 1 0");
            Assert.Equal("running", await StateAsync(daemon, "iscsi0"));
        }
        var unstarted = await daemon.RunAsync("adapter reset iscsi0 1 1");
        Assert.Contains("EINVAL: the device is not started", unstarted.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errpt_Filters_ChooseWhatTheySay()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home);
        await daemon.DoAsync("adapter configure vscsi0 --virtual 1");
        await daemon.DoAsync("adapter configure vscsi1 --virtual 1");
        foreach (var adapter in (string[])["vscsi0", "vscsi1", "vscsi0"])
        {
            await daemon.RunAsync($"adapter start {adapter} 1 0");
            await daemon.RunAsync($"adapter clear-queue {adapter} 1 0");
        }
        var year = TimeProvider.System.GetUtcNow().Year;

        await ChoosesAsync("", [3, 2, 1]);
        await ChoosesAsync("-N vscsi0", [3, 1]);
        await ChoosesAsync("-J SCSI_ERR6", [3, 2, 1]);
        await ChoosesAsync("-J SCSI_ERR1,DISK_ERR1", []);
        await ChoosesAsync("-l 1,3,17", [3, 1]);
        await ChoosesAsync("-j 52DB7218", [3, 2, 1]);
        await ChoosesAsync("-j 0502F666", []);
        await ChoosesAsync("-d H", []);
        await ChoosesAsync("-d S,H -T TEMP", [3, 2, 1]);
        await ChoosesAsync($"-s {year - 1}-01-01T00:00", [3, 2, 1]);
        await ChoosesAsync($"-s {year + 1}-12-31T00:00", []);
        await ChoosesAsync($"-e {year - 1}-01-01T00:00", []);
        foreach (var (words, why) in ((string, string)[])[("-j nothing", "no error identifier"),
            ("-l -1", "-1"), ("-s yesterday", "a time is mmddhhmmyy"),
            ("-d H,X", "X is no class of the error log: H, S"), ("-T INFO", "INFO is no type"),
            ("-J SCSI_ERR5", "SCSI_ERR5 is no label")])
        {
            var wrong = await daemon.RunAsync("errpt " + words);
            Assert.NotEqual(0, wrong.Exit);
            Assert.Contains(why, wrong.Error, StringComparison.Ordinal);
        }

        async Task ChoosesAsync(string filter, int[] sequences)
        {
            using var entries = JsonDocument.Parse(await daemon.DoAsync($"errpt --json {filter}".TrimEnd()));
            Assert.Equal(sequences,
                entries.RootElement.EnumerateArray().Select(entry => entry.GetProperty("sequence").GetInt32()));
        }
    }

    [Fact]
    public async Task SgIo_PathThatIsNoDevice_SaidWhenItIsConfigured()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home);
        var refused = await daemon.RunAsync("adapter configure sas0 --sgio 1=/dev/null");
        Assert.NotEqual(0, refused.Exit);
        Assert.Contains("/dev/null is no SCSI device of the kernel", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("unknown error", refused.Error, StringComparison.Ordinal);
        Assert.Contains("/dev/null is no SCSI device", await daemon.DoAsync("adapter list"), StringComparison.Ordinal);
        await daemon.DoAsync("adapter configure sas0 --sgio 1=/dev/nosuch");
        Assert.Matches("(?m)^sas0/1/0 +ENODEV: the target does not", await daemon.DoAsync("adapter discover sas0"));
        await daemon.DoAsync("adapter remove sas0");
    }

    // The first command of a nexus meets the power-on attention: its queue is halted by it, or it is told to tur.
    private static async Task TakeAttentionAsync(RunningDaemon daemon, string adapter)
    {
        for (var i = 0; i < 5; i++)
            if ((await daemon.RunAsync($"adapter tur {adapter} 1 0")).Exit == 0) return;
        await daemon.DoAsync($"adapter tur {adapter} 1 0");
    }

    private static async Task<string> StateAsync(RunningDaemon daemon, string adapter)
    {
        using var devices = JsonDocument.Parse(await daemon.DoAsync($"adapter devices {adapter} --json"));
        return devices.RootElement[0].GetProperty("state").GetString()!.ToLowerInvariant();
    }
}
