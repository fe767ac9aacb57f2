using Lunette.Runtime.Loops;
using Lunette.Stmf.Contracts;

namespace Lunette.Cli.Tests.Golden;

/// <summary>stmfadm's labels, columns, messages and exit status.</summary>
public sealed class StmfadmTests : CommandTests
{
    private const string Target = "iqn.2010-08.org.example:02:demo";
    private const string Guid = "600144F04E086D08000058255D130003";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ListState_Running_FourLines() => Assert.Equal(
        """
        Operational Status: online
        Config Status     : initialized
        ALUA Status       : disabled
        ALUA Node         : 0

        """, await DoAsync("stmfadm list-state"));

    [Fact]
    public async Task ListTarget_Verbose_WithASession()
    {
        await MakeTargetAsync();
        Assert.Equal($"Target: {Target}\n", await DoAsync("stmfadm list-target"));
        var port = Kit.Framework.FindTargetPort(Target)!.Port;
        var initiator = new InitiatorPort(
            "iqn.1991-05.com.example:client", "iqn.1991-05.com.example:client,i,0x1", default, "", "192.0.2.1:50000");
        var session = Kit.Framework.OpenSession(port, initiator, new ManualLoop());
        var output = await DoAsync("stmfadm list-target -v", new Utc());
        var since = session!.CreatedAt.UtcDateTime;
        var day = $"{since.Day,2}";
        Assert.Equal(
            $"""
            Target: {Target}
                Operational Status: Online
                Provider Name     : iscsit
                Alias             : -
                Protocol          : iSCSI
                Sessions          : 1
                    Initiator: iqn.1991-05.com.example:client
                        Alias: -
                        Logged in since: {since:ddd} {since:MMM} {day} {since:HH:mm:ss yyyy}

            """, output);
    }

    [Fact]
    public async Task ListTarget_Stranger_NotFoundAndTheOthersAreListed()
    {
        await MakeTargetAsync();
        var ran = await RunAsync($"stmfadm list-target iqn.2010-08.org.example:stranger {Target}");
        Assert.Equal(
            (1, $"Target: {Target}\n", "stmfadm: iqn.2010-08.org.example:stranger: not found\n"),
            (ran.Exit, ran.Output, ran.Error));
    }

    [Fact]
    public async Task OfflineTarget_AndBack_WaitsUntilItIs()
    {
        await MakeTargetAsync();
        Assert.Equal("", await DoAsync($"stmfadm offline-target {Target}"));
        Assert.Contains("    Operational Status: Offline", (await DoAsync("stmfadm list-target -v")).Split('\n'));
        Assert.Equal("", await DoAsync($"stmfadm offline-target {Target}"));
        Assert.Equal("", await DoAsync($"stmfadm online-target {Target}"));
        Assert.Contains("    Operational Status: Online", (await DoAsync("stmfadm list-target -v")).Split('\n'));
        await FailsAsync(
            "stmfadm offline-target iqn.2010-08.org.example:x", "stmfadm: iqn.2010-08.org.example:x: not found");
    }

    [Fact]
    public async Task OfflineTarget_WhileItGoesOnline_Busy()
    {
        await MakeTargetAsync();
        await DoAsync($"stmfadm offline-target {Target}");
        Kit.Ports.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Kit.Framework.OnlineTarget(Target);
        await FailsAsync($"stmfadm offline-target {Target}", $"stmfadm: {Target}: resource busy");
        Kit.Ports.Hold.SetResult();
    }

    // Thirty looks, 300 ms apart, in virtual time.
    [Fact]
    public async Task OfflineTarget_DoesNotEnd_SaysSoAfterNineSeconds()
    {
        await MakeTargetAsync();
        Kit.Ports.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var time = new SkippingTime();
        var ran = await RunAsync($"stmfadm offline-target {Target}", time);
        Assert.Equal(1, ran.Exit);
        Assert.Equal(
            $"stmfadm: {Target}: request submitted; waiting for its completion timed out\n", ran.Error);
        Assert.Equal(TimeSpan.FromSeconds(9), time.Skipped);
        Kit.Ports.Hold.SetResult();
    }

    [Fact]
    public async Task OnlineTarget_ServiceOffline_Refused()
    {
        await MakeTargetAsync();
        await Kit.Framework.ShutDownAsync(Stop);
        await FailsAsync($"stmfadm online-target {Target}", "stmfadm: STMF service is offline");
    }

    [Fact]
    public async Task CreateLu_WithProperties_ListedWithThem()
    {
        Assert.Equal(
            $"Logical unit created: {Guid}\n",
            await DoAsync($"stmfadm create-lu -p guid={Guid} -p alias=v1 -p vid=SUN -p pid=COMSTAR -s 40g /disks/v1"));
        Assert.Equal($"LU Name: {Guid}\n", await DoAsync("stmfadm list-lu"));
        await Kit.Framework.WaitForServiceAsync(Stop);
        await DoAsync($"stmfadm add-view {Guid}");
        Assert.Equal(
            $"""
            LU Name: {Guid}
                Operational Status: Online
                Provider Name     : sbd
                Alias             : v1
                View Entry Count  : 1
                Data File         : /disks/v1
                Meta File         : not set
                Size              : 42949672960
                Block Size        : 4096
                Management URL    : not set
                Vendor ID         : SUN{"     "}
                Product ID        : COMSTAR{"         "}
                Serial Num        : not set
                Write Protect     : not set
                Writeback Cache   : not set
                Access State      : Active

            """, await DoAsync("stmfadm list-lu -v"));
        await DoAsync($"stmfadm modify-lu -p wp=true -p wcd=TRUE {Guid}");
        var changed = await DoAsync($"stmfadm list-lu -v {Guid}");
        Assert.Contains("Write Protect     : Enabled\n", changed, StringComparison.Ordinal);
        Assert.Contains("Writeback Cache   : Disabled\n", changed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateLu_Mistakes_Messages()
    {
        await FailsAsync("stmfadm create-lu -p color=red /disks/a", "stmfadm: color: invalid property");
        await FailsAsync("stmfadm create-lu -p wp /disks/a", "stmfadm: wp: property value missing");
        await FailsAsync("stmfadm create-lu -p guid=6 /disks/a", "stmfadm: guid: invalid property size");
        await FailsAsync("stmfadm create-lu -s large /disks/a", "stmfadm: large: invalid argument");
        Kit.Disks.Missing["/disks/none"] = true;
        await FailsAsync("stmfadm create-lu /disks/none", "stmfadm: /disks/none: data file error");
        await DoAsync("stmfadm create-lu /disks/a");
        await FailsAsync("stmfadm create-lu /disks/a", "stmfadm: /disks/a: file already in use");
        await FailsAsync("stmfadm list-lu 123", "stmfadm: 123: must be 32 hexadecimal digits long");
        await FailsAsync($"stmfadm delete-lu {Guid}", $"stmfadm: {Guid}: not found");
        await FailsAsync($"stmfadm modify-lu -p vid=X {Guid}", "stmfadm: vid: invalid property");
    }

    [Fact]
    public async Task DeleteLu_ViewsGoUnlessKept()
    {
        await DoAsync($"stmfadm create-lu -p guid={Guid} /disks/v1");
        await DoAsync($"stmfadm add-view {Guid}");
        Assert.Equal("", await DoAsync($"stmfadm delete-lu -k {Guid}"));
        Assert.Equal(
            $"""
            LU Name: {Guid}
                Operational Status: unregistered
                Provider Name     : unregistered
                Alias             : -
                View Entry Count  : 1

            """, await DoAsync("stmfadm list-lu -v"));
        Assert.Equal($"Logical unit imported: {Guid}\n", await DoAsync("stmfadm import-lu /disks/v1"));
        Assert.Equal("", await DoAsync($"stmfadm delete-lu {Guid}"));
        Assert.Equal("", await DoAsync("stmfadm list-lu"));
    }

    [Fact]
    public async Task Views_AddListRemove()
    {
        await DoAsync($"stmfadm create-lu -p guid={Guid} /disks/v1");
        await FailsAsync($"stmfadm list-view -l {Guid}", $"stmfadm: {Guid}: no views found");
        await DoAsync("stmfadm create-hg hosts");
        await DoAsync("stmfadm create-tg targets");
        await DoAsync($"stmfadm add-view -n 5 -h hosts -t targets {Guid}");
        Assert.Equal(
            """
            View Entry: 0
                Host group   : hosts
                Target group : targets
                LUN          : 5

            """, await DoAsync($"stmfadm list-view -l {Guid}"));
        await FailsAsync($"stmfadm add-view {Guid}", $"stmfadm: {Guid}: view entry exists");
        await FailsAsync($"stmfadm add-view -h nobody {Guid}", "stmfadm: nobody: invalid host group");
        await FailsAsync(
            $"stmfadm add-view -n 16384 {Guid}", "stmfadm: 16384: invalid logical unit number: 0 to 16383");
        await FailsAsync("stmfadm delete-hg hosts", "stmfadm: hosts: group is in use by existing view entry");
        await FailsAsync($"stmfadm list-view -l {Guid} 3", "stmfadm: 3: not found");
        await FailsAsync($"stmfadm remove-view -l {Guid} 3", "stmfadm: 3: not found");
        Assert.Equal("", await DoAsync($"stmfadm remove-view -l {Guid} 0"));
        await DoAsync($"stmfadm add-view {Guid}");
        Assert.Equal(
            """
            View Entry: 0
                Host group   : All
                Target group : All
                LUN          : 0

            """, await DoAsync($"stmfadm list-view -l {Guid}"));
        Assert.Equal("", await DoAsync($"stmfadm remove-view -l {Guid} --all"));
    }

    [Theory]
    [InlineData("hg", "Host Group")]
    [InlineData("tg", "Target Group")]
    public async Task Groups_CreateListAddRemoveDelete(string family, string label)
    {
        Assert.Equal("", await DoAsync($"stmfadm create-{family} one"));
        await FailsAsync($"stmfadm create-{family} one", "stmfadm: one: already exists");
        Assert.Equal(
            "", await DoAsync($"stmfadm add-{family}-member -g one iqn.2026-11.example:B wwn.210000e08b940fac"));
        Assert.Equal($"{label}: one\n", await DoAsync($"stmfadm list-{family}"));
        Assert.Equal(
            $"{label}: one\n\tMember: iqn.2026-11.example:b\n\tMember: wwn.210000E08B940FAC\n",
            await DoAsync($"stmfadm list-{family} -v one"));
        await FailsAsync($"stmfadm list-{family} two", "stmfadm: two: not found");
        await FailsAsync(
            $"stmfadm add-{family}-member -g one iqn.2026-11.example:b",
            "stmfadm: iqn.2026-11.example:b: already exists");
        await FailsAsync($"stmfadm add-{family}-member -g two iqn.2026-11.example:c", "stmfadm: two: group not found");
        Assert.Equal("", await DoAsync($"stmfadm remove-{family}-member --group-name one iqn.2026-11.example:b"));
        await FailsAsync(
            $"stmfadm remove-{family}-member -g one iqn.2026-11.example:b",
            "stmfadm: iqn.2026-11.example:b: not a member of the group");
        Assert.Equal("", await DoAsync($"stmfadm delete-{family} one"));
        Assert.Equal("", await DoAsync($"stmfadm list-{family}"));
    }

    [Fact]
    public async Task AddHgMember_Mistakes_EachItsLinesAndNothingHalf()
    {
        const string Line = "stmfadm add-hg-member -g hosts ";
        const string NoName = ": unrecognized device id: write iqn., eui. or naa. and what follows, 223 bytes at most, "
            + "or wwn. and 16 hexadecimal digits";
        await DoAsync("stmfadm create-hg hosts");
        await FailsAsync(Line + "iqn.2026-11.example:a disk1", "stmfadm: disk1" + NoName);
        await FailsAsync(Line + "wwn.210000e08b940fa", "stmfadm: wwn.210000e08b940fa" + NoName);
        Assert.Equal("Host Group: hosts\n", await DoAsync("stmfadm list-hg -v"));
        // Of several that can be, those that are not refused are in.
        await DoAsync(Line + "iqn.2026-11.example:a");
        await FailsAsync(
            Line + "iqn.2026-11.example:a eui.02004567A425678D", "stmfadm: iqn.2026-11.example:a: already exists");
        Assert.Equal(
            "Host Group: hosts\n\tMember: eui.02004567A425678D\n\tMember: iqn.2026-11.example:a\n",
            await DoAsync("stmfadm list-hg -v"));
        Assert.Equal(1, (await RunAsync("stmfadm add-hg-member -g hosts")).Exit);
        Assert.Equal(1, (await RunAsync("stmfadm add-hg-member iqn.2026-11.example:b")).Exit);
    }

    [Fact]
    public async Task AddTgMember_TargetOnline_MustBeOffline()
    {
        await MakeTargetAsync();
        await DoAsync("stmfadm create-tg targets");
        await FailsAsync(
            $"stmfadm add-tg-member -g targets {Target}", $"stmfadm: {Target}: STMF target must be offline");
    }

    [Fact]
    public async Task Words_NotUnderstood_OneLineAndExitOne()
    {
        var ran = await RunAsync("stmfadm list-targets");
        Assert.Equal((1, ""), (ran.Exit, ran.Output));
        Assert.Contains("'list-targets'", ran.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("stmfadm add-view")).Exit);
        Assert.Equal(0, (await RunAsync("stmfadm add-view --help")).Exit);
    }

    private async Task MakeTargetAsync()
    {
        await DoAsync($"itadm create-target -n {Target}");
        await Kit.Framework.WaitForTargetAsync(Target, online: true, Stop);
    }

    private sealed class Utc : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    }

    /// <summary>Lets every wait be over at once, and adds up how long it would have been.</summary>
    private sealed class SkippingTime : TimeProvider
    {
        public TimeSpan Skipped { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Skipped += dueTime;
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
