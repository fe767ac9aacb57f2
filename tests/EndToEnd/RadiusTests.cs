using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Lunette.Initiator.Iscsi;
using Lunette.Iscsi;
using Lunette.Testing;

namespace Lunette.EndToEnd;

/// <summary>CHAP responses judged by a RADIUS server: FreeRADIUS, one that sleeps, and one that lies.</summary>
public sealed class RadiusTests : EndToEndTests
{
    private const string Shared = "shared with the server";
    private const string Secret = "the host's secret";
    private const int Tries = 3;
    private const string Host = "iqn.2026-11.example:steady";

    [Fact]
    public async Task Login_JudgedByFreeRadius_RightSecretOnly()
    {
        var server = Peer.Require("freeradius");
        var at = FreePort();
        using var process = Command.Start(server, ["-fs", "-l", "stdout", "-d", await ConfigureAsync(at)]);
        try
        {
            await using var daemon = await StartAsync(at.ToString());
            await WaitForAsync(async () => await TryLoginAsync(daemon, Host, Secret) is null);

            await RefusedAsync(daemon, Host, "not the secret");
            // The server knows this user, who is another initiator.
            await RefusedAsync(daemon, "me", Secret);
            await daemon.DoAsync($"itadm create-initiator -u me {Host}");
            Assert.Null(await JudgedLoginAsync(daemon, "me", Secret));
            await RefusedAsync(daemon, Host, Secret);

            var file = Path.Combine(Folder, "mutual");
            await File.WriteAllTextAsync(file, "the target's secret", Stop);
            await daemon.DoAsync($"itadm modify-target -S {file} -u you {daemon.Target}");
            Assert.Null(await JudgedLoginAsync(daemon, "me", Secret, "the target's secret"));
            Assert.NotNull(await JudgedLoginAsync(daemon, "me", Secret, "another secret"));

            const string Other = "iqn.2026-11.example:libiscsi";
            await daemon.DoAsync($"itadm create-initiator -u other {Other}");
            await WaitForAsync(async () => (await Command.RunAsync(Peer.Require("iscsi-inq"), "-i", Other,
                $"iscsi://other%othersecret1@{daemon.Portal}/{daemon.Target}/0")).Exit == 0);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(Stop);
        }
    }

    [Fact]
    public async Task Login_ServerDoesNotAnswer_TargetErrorInTime_AndOthersAreServed()
    {
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)silent.Client.LocalEndPoint!).Port;
        await using var daemon = await StartAsync($"127.0.0.1:{port}");
        await daemon.DoAsync($"itadm create-target -a none -n {daemon.Target}.open");
        await daemon.DoAsync($"stmfadm list-target {daemon.Target}.open");
        // The server is waited for so many seconds; on a busy machine somebody else may take longer to come.
        await WaitForAsync(async () =>
        {
            var waiting = TryLoginAsync(daemon, Host, Secret);
            var first = await silent.ReceiveAsync(Stop);
            bool meanwhile;
            await using (await Steady.ConnectAsync(daemon, target: daemon.Target + ".open"))
                meanwhile = !waiting.IsCompleted;
            // Asked again with the same bytes, so that a late answer to the first is one to the second.
            for (var i = 1; i < Tries; i++) Assert.Equal(first.Buffer, (await silent.ReceiveAsync(Stop)).Buffer);
            Assert.Contains("TargetError", await waiting, StringComparison.Ordinal);
            return meanwhile;
        });
        await daemon.SaysAsync($"the RADIUS server 127.0.0.1:{port} does not answer");
    }

    [Fact]
    public async Task Login_AnswerOfAStrangerOrUnsigned_IsNotTaken()
    {
        using var liar = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using var daemon = await StartAsync(liar.Client.LocalEndPoint!.ToString()!);
        var waiting = TryLoginAsync(daemon, Host, Secret);
        while (!waiting.IsCompleted)
        {
            var asking = liar.ReceiveAsync(Stop).AsTask();
            await Task.WhenAny(asking, waiting);
            if (!asking.IsCompleted) break;
            var asked = await asking;
            byte[] accept = [2, asked.Buffer[1], 0, 20, .. new byte[16]];
            await liar.SendAsync(accept, asked.RemoteEndPoint, Stop);
        }
        Assert.Contains("TargetError", await waiting, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_ServerOrSecretNotSet_TargetErrorAndAWordInTheLog()
    {
        await using var daemon = await RunningDaemon.StartAsync(Home);
        await daemon.DoAsync("itadm modify-defaults -a radius");
        Assert.Contains("TargetError", await TryLoginAsync(daemon, Host, Secret), StringComparison.Ordinal);
        await daemon.SaysAsync("server or secret is not set");
        var refused = await daemon.RunAsync("itadm modify-defaults -r http://radius/");
        Assert.Equal(1, refused.Exit);
        Assert.Contains("is no RADIUS server", refused.Error, StringComparison.Ordinal);
    }

    private async Task<RunningDaemon> StartAsync(string server)
    {
        var daemon = await RunningDaemon.StartAsync(Home);
        var file = Path.Combine(Folder, "shared");
        await File.WriteAllTextAsync(file, Shared, Stop);
        await daemon.DoAsync($"itadm modify-defaults -a radius -r {server} -D {file}");
        return daemon;
    }

    private static async Task RefusedAsync(RunningDaemon daemon, string user, string secret) => Assert.Contains(
        "AuthenticationFailure", await JudgedLoginAsync(daemon, user, secret), StringComparison.Ordinal);

    // Once more where the server was too slow to judge it, which is no judgement.
    private static async Task<string?> JudgedLoginAsync(
        RunningDaemon daemon, string user, string secret, string? ofTarget = null)
    {
        string? why = null;
        await WaitForAsync(async () => (why = await TryLoginAsync(daemon, user, secret, ofTarget)) is not { } refused
            || !refused.Contains("TargetError", StringComparison.Ordinal));
        return why;
    }

    // Null when it got in, else why not.
    private static async Task<string?> TryLoginAsync(
        RunningDaemon daemon, string user, string secret, string? ofTarget = null)
    {
        try
        {
            await using var host = await Steady.ConnectAsync(daemon, with: options => options with
            {
                Credentials = new(user, new ChapSecret(Encoding.ASCII.GetBytes(secret))),
                TargetCredentials = ofTarget is null
                    ? null : new("you", new ChapSecret(Encoding.ASCII.GetBytes(ofTarget))),
            });
            return null;
        }
        catch (IscsiException refused)
        {
            return refused.Message;
        }
    }

    private async Task<string> ConfigureAsync(IPEndPoint at)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, "radius")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "users"),
            $"""
            {Host} Cleartext-Password := "{Secret}"
            me Cleartext-Password := "{Secret}"
            other Cleartext-Password := "othersecret1"

            """,
            Stop);
        // Releases before 3.2.5 sign an answer only where they are told to.
        await File.WriteAllTextAsync(Path.Combine(folder, "radiusd.conf"), Server(folder, at), Stop);
        return folder;
    }

    private static string Server(string folder, IPEndPoint at) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
            libdir = /usr/lib/freeradius
            logdir = {{folder}}
            run_dir = {{folder}}
            client here {
                ipaddr = 127.0.0.0/8
                secret = "{{Shared}}"
            }
            modules {
                chap {
                }
                files {
                    usersfile = {{folder}}/users
                }
            }
            server default {
                listen {
                    type = auth
                    ipaddr = {{at.Address}}
                    port = {{at.Port}}
                }
                authorize {
                    chap
                    files
                }
                authenticate {
                    Auth-Type CHAP {
                        chap
                    }
                }
                post-auth {
                    update reply {
                        Message-Authenticator := 0x00
                    }
                    Post-Auth-Type REJECT {
                        update reply {
                            Message-Authenticator := 0x00
                        }
                    }
                }
            }

            """);

    // At an address of this test's own, where nobody else takes the port before it is used.
    private static IPEndPoint FreePort()
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Parse("127.0.83.3"), 0));
        return (IPEndPoint)socket.Client.LocalEndPoint!;
    }
}
