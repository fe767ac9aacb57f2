using System.Text;
using Lunette.Initiator.Iscsi;
using Lunette.Iscsi;

namespace Lunette.EndToEnd;

/// <summary>Secrets an administrator gave are nowhere but where they are kept.</summary>
public sealed class SecretTests : EndToEndTests
{
    private const string Host = "iqn.2026-11.example:steady";

    private static readonly string[] s_secrets =
        ["initiator-secret-1", "target-secret-2", "radius-secret-3", "adapter-secret-4", "offered-secret-5"];

    // Every listing there is, and what a document shows.
    private static readonly string[] s_listings =
    [
        "itadm list-target -v", "itadm list-initiator -v", "itadm list-tpg -v", "itadm list-defaults",
        "stmfadm list-target -v", "stmfadm list-state", "adapter list -v", "adapter list --json", "status", "export",
    ];

    [Fact]
    public async Task Secrets_SetUsedAndRefused_AreInNoOutputLogOrFile()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home, "--verbose");
        var said = new StringBuilder();
        await DoAsync($"itadm create-initiator -S {await FileOfAsync(0)} -u me {Host}");
        await DoAsync($"itadm modify-target -a chap -S {await FileOfAsync(1)} -u you {daemon.Target}");
        await DoAsync($"itadm modify-defaults -r 127.0.0.1 -D {await FileOfAsync(2)}");
        await DoAsync($"adapter configure iscsi0 -i {Host} -S {await FileOfAsync(3)} "
            + $"--iscsi 1=iscsi://me@{daemon.Portal}/{daemon.Target}");
        // One login that proves itself, and two with the wrong secret: ours, and the adapter's.
        Assert.Null(await TryLoginAsync(daemon, s_secrets[0]));
        var refused = await TryLoginAsync(daemon, s_secrets[4]);
        Assert.NotNull(refused);
        said.Append(refused);
        var discovered = await daemon.RunAsync("adapter discover iscsi0");
        said.Append(discovered.Output).Append(discovered.Error);
        foreach (var listing in s_listings) await DoAsync(listing);
        // Asked for, they are in a file outside of the daemon's home: the same words would be found above.
        var document = Path.Combine(Folder, "all.json");
        await DoAsync($"export --with-secrets -o {document}");
        Assert.Contains(s_secrets[0], await File.ReadAllTextAsync(document, Stop), StringComparison.Ordinal);

        Assert.Equal(0, await daemon.StopAsync());
        said.Append(daemon.Said);
        foreach (var file in Directory.EnumerateFiles(Home, "*", SearchOption.AllDirectories))
            if (!Path.GetFileName(file).StartsWith("lunette.db", StringComparison.Ordinal) && !IsData(file))
                said.Append(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Stop)));
        Assert.Contains(Host, said.ToString(), StringComparison.Ordinal);
        foreach (var secret in s_secrets)
        {
            Assert.DoesNotContain(secret, said.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(
                Convert.ToHexString(Encoding.ASCII.GetBytes(secret)), said.ToString(),
                StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(
                Convert.ToBase64String(Encoding.ASCII.GetBytes(secret)), said.ToString(), StringComparison.Ordinal);
        }

        async Task DoAsync(string line) => said.Append(await daemon.DoAsync(line));
    }

    // What initiators wrote, gigabytes of holes.
    private static bool IsData(string file) => new FileInfo(file).Length > 16 << 20;

    private async Task<string> FileOfAsync(int secret)
    {
        var file = Path.Combine(Folder, $"secret{secret}");
        await File.WriteAllTextAsync(file, s_secrets[secret] + "\n", Stop);
        return file;
    }

    private static async Task<string?> TryLoginAsync(RunningDaemon daemon, string secret)
    {
        try
        {
            await using var host = await Steady.ConnectAsync(daemon, with: options => options with
            {
                Credentials = new("me", new ChapSecret(Encoding.ASCII.GetBytes(secret))),
                TargetCredentials = new("you", new ChapSecret(Encoding.ASCII.GetBytes(s_secrets[1]))),
            });
            return null;
        }
        catch (IscsiException refused)
        {
            return refused.ToString();
        }
    }
}
