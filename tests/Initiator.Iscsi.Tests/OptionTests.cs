using System.Text;
using Lunette.Initiator.Iscsi.Tests.Kit;
using Lunette.Iscsi;

namespace Lunette.Initiator.Iscsi.Tests;

/// <summary>Options that contradict themselves are refused where they are given, not by a session that never
/// comes.</summary>
public sealed class OptionTests : IDisposable
{
    private static readonly ChapCredentials s_host = new("host", new(Encoding.ASCII.GetBytes("the-hosts-secret")));
    private static readonly ChapCredentials s_disk = new("disk", new(Encoding.ASCII.GetBytes("the-disks-secret")));

    private readonly SimulatedNetwork _net = new();

    public void Dispose() => _net.Dispose();

    public static TheoryData<string> Mistakes =>
    [
        "no portal", "segment too short", "segment too long", "first burst longer than bursts", "no command",
        "too many commands", "no R2T", "level 3", "mutual without own", "one secret for both", "no digest",
        "CHAP without algorithm", "no time to connect", "time without end", "negative recovery", "negative ping",
    ];

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Connect_OptionsContradictThemselves_ArgumentException(string mistake)
    {
        var good = _net.Options;
        var bad = mistake switch
        {
            "no portal" => good with { Portals = [] },
            "segment too short" => good with { MaxRecvDataSegmentLength = 511 },
            "segment too long" => good with { MaxRecvDataSegmentLength = 1 << 24 },
            "first burst longer than bursts" => good with { MaxBurstLength = 4096, FirstBurstLength = 8192 },
            "no command" => good with { QueueDepth = 0 },
            "too many commands" => good with { PendingMax = int.MaxValue },
            "no R2T" => good with { MaxOutstandingR2T = 0 },
            "level 3" => good with { ProtocolLevel = 3 },
            "mutual without own" => good with { TargetCredentials = s_disk },
            "one secret for both" => good with { Credentials = s_host, TargetCredentials = s_host },
            "no digest" => good with { DataDigests = [] },
            "CHAP without algorithm" => good with { Credentials = s_host, Algorithms = [] },
            "no time to connect" => good with { ConnectTimeout = TimeSpan.Zero },
            "time without end" => good with { LoginTimeout = TimeSpan.MaxValue },
            "negative recovery" => good with { RecoveryTime = Timeout.InfiniteTimeSpan },
            "negative ping" => good with { PingInterval = TimeSpan.FromSeconds(-1) },
            _ => throw new ArgumentException(mistake),
        };
        var stop = TestContext.Current.CancellationToken;
        await Assert.ThrowsAnyAsync<ArgumentException>(() => IscsiSession.ConnectAsync(_net.Initiator, bad, stop));
        Assert.Empty(_net.Dials);
    }

    [Fact]
    public async Task Discover_OptionsContradictThemselves_ArgumentException()
    {
        var bad = new IscsiLoginOptions { TargetCredentials = s_disk };
        var stop = TestContext.Current.CancellationToken;
        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => _net.Initiator.DiscoverAsync(new PortalAddress("sim", 3260), bad, stop));
    }

    [Theory]
    [InlineData("a name\0TargetName=iqn.2001-04.com.example:other")]
    [InlineData("\x1b[2J")]
    public void Initiator_AliasThatIsNoText_ArgumentException(string alias)
    {
        var node = new IscsiInitiatorOptions { Name = IscsiName.Parse("iqn.2001-04.com.example:host"), Alias = alias };
        Assert.Throws<ArgumentException>(() => new IscsiInitiator(node, _net));
    }
}
