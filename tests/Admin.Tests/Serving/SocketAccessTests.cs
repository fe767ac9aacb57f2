using System.Net.Sockets;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Admin.Contracts.Wire;
using Lunette.Admin.Serving;
using Lunette.Testing;
using Lunette.Testing.Admin;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lunette.Admin.Tests.Serving;

public sealed class SocketAccessTests
{
    private const uint Administrators = 54321;
    private const uint Somebody = 65534;

    private static readonly SocketAccess s_access = new(VerbAccess.Change, Administrators);

    [Fact]
    public void Admits_SuperuserOwnUserAndMembers_NobodyElse()
    {
        Assert.True(s_access.Admits(new(0, 0, [])));
        Assert.True(s_access.Admits(new(Ownership.User, Somebody, [])));
        Assert.True(s_access.Admits(new(Somebody, Administrators, [])));
        Assert.True(s_access.Admits(new(Somebody, Somebody, [1, 2, Administrators])));
        if (Ownership.User != Somebody) Assert.False(s_access.Admits(new(Somebody, Somebody, [1, 2])));
    }

    [Fact]
    public void Offers_ToObservers_ExactlyTheVerbsThatOnlyLook()
    {
        var observing = new SocketAccess(VerbAccess.Read, Administrators);
        foreach (var verb in StmfVerbs.All)
        {
            Assert.True(s_access.Offers(verb));
            Assert.Equal(verb.Access == VerbAccess.Read, observing.Offers(verb));
        }
    }

    [Fact]
    public async Task Peer_OfASocketPair_IsThisProcess()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("only Linux is asked who a peer is");
        using var folder = new TestFolder();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(folder.File("s")));
        listener.Listen(1);
        using var caller = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await caller.ConnectAsync(
            new UnixDomainSocketEndPoint(folder.File("s")), TestContext.Current.CancellationToken);
        using var served = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        var peer = PeerCredentials.Of(served);
        Assert.NotNull(peer);
        Assert.Equal(Ownership.User, peer.User);
        Assert.Equal(Ownership.Group, peer.Group);
    }

    [Fact]
    public async Task Observer_OverItsSocket_LooksAndChangesNothing()
    {
        await using var kit = await AdminKit.StartAsync();
        using var folder = new TestFolder();
        await using var server = new AdminServer(
            kit.Local, folder.File("observe.sock"), new(VerbAccess.Read, Ownership.Group),
            NullLogger<AdminServer>.Instance);
        await using var observer = RemoteAdmin.OverUnixSocket(folder.File("observe.sock"));
        Assert.True((await observer.GetStateAsync()).Succeeded);
        Assert.Equal(StmfStatus.Perm, (await observer.CreateHostGroupAsync("g")).Status);
        Assert.Empty((await kit.Local.GetHostGroupListAsync()).Value!);
    }
}
