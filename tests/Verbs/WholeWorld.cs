using System.Net;
using System.Net.Sockets;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Admin.Contracts.Wire;
using Lunette.Daemon;
using Lunette.Daemon.Starting;
using Lunette.Initiator.Iscsi;
using Lunette.Iscsi;
using Lunette.Scsi;
using Lunette.Stmf.Contracts;
using Lunette.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lunette.Verbs;

/// <summary>A whole daemon in this process, with its first target and its first disk.</summary>
internal sealed class WholeWorld : IAsyncDisposable
{
    public const long DiskBytes = 1 << 20;

    private readonly TestFolder _folder = new();
    private readonly bool _remote;
    private readonly List<Socket> _sockets = [];
    private RemoteAdmin? _socket;
    private IscsiInitiator? _initiator;
    private IscsiSession? _session;

    private WholeWorld(bool remote) => _remote = remote;

    public TargetSystem Running { get; private set; } = null!;

    /// <summary>A whole frame of what nodes say to each other.</summary>
    public static byte[] Message { get; } = [0, 0, 0, 6, 1, 9, 0, 0, 0, 0];

    public ILunetteAdmin Admin => _remote ? _socket! : Running.Admin;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<WholeWorld> StartAsync(bool remote)
    {
        var world = new WholeWorld(remote);
        var home = new LunetteHome(world._folder.File("home"));
        world.Running = await TargetSystem.StartAsync(
            new ServeOptions
            {
                Home = home,
                Portals = [new(IPAddress.Loopback, 0)],
                Loops = 1,
                FirstDiskBytes = DiskBytes,
                Spin = false,
            },
            NullLoggerFactory.Instance);
        world._socket = RemoteAdmin.OverUnixSocket(home.SocketPath);
        return world;
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is not null) await _session.DisposeAsync();
        if (_initiator is not null) await _initiator.DisposeAsync();
        if (_socket is not null) await _socket.DisposeAsync();
        await Running.DisposeAsync();
        foreach (var socket in _sockets) socket.Dispose();
        _folder.Dispose();
    }

    /// <summary>A path in the world's folder.</summary>
    public string PathOf(string name) => _folder.File(name);

    /// <summary>A file of so many bytes, all zero.</summary>
    public string MakeFile(string name, long bytes)
    {
        var path = PathOf(name);
        using var file = File.Create(path);
        file.SetLength(bytes);
        return path;
    }

    /// <summary>What a disk of this file would be made of, and what else is said.</summary>
    public LuResource Resource(string file, params (LuProperty Property, string Value)[] said)
    {
        var resource = new LuResource().With(LuProperty.Filename, PathOf(file));
        foreach (var (property, value) in said) resource.With(property, value);
        return resource;
    }

    public async Task<StmfGuid> MakeDiskAsync(string file = "a.img", params (LuProperty Property, string Value)[] said)
    {
        var made = await Admin.CreateLuAsync(Resource(file, [(LuProperty.Size, $"{DiskBytes}"), .. said]));
        SmallWorld.Must(made);
        await Running.Framework.WaitForLogicalUnitAsync(made.Value.ToUnit(), online: true, Stop);
        return made.Value;
    }

    public async Task GoOfflineAsync(StmfGuid disk)
    {
        SmallWorld.Must(await Admin.OfflineLogicalUnitAsync(disk));
        await Running.Framework.WaitForLogicalUnitAsync(disk.ToUnit(), online: false, Stop);
    }

    /// <summary>A disk whose data are there and which the daemon does not know.</summary>
    public async Task<string> MakeForgottenDiskAsync(string file = "a.img")
    {
        SmallWorld.Must(await Admin.DeleteLuAsync(await MakeDiskAsync(file)));
        return PathOf(file);
    }

    /// <summary>One end of a connected pair of sockets, the world's own.</summary>
    public DescriptorArguments MakeDoor()
    {
        var path = PathOf($"door {_sockets.Count}");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        var caller = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        caller.Connect(new UnixDomainSocketEndPoint(path));
        _sockets.Add(caller);
        _sockets.Add(listener.Accept());
        return new((int)caller.Handle);
    }

    /// <summary>An initiator logs in at the first target; the number of its session.</summary>
    public async Task<ulong> LogInAsync()
    {
        var target = IscsiName.Parse(Running.Framework.TargetPorts.Single().Port.Name);
        _initiator = IscsiInitiator.Start(new() { Name = IscsiName.Parse("iqn.2026-11.example:host") });
        var portal = Running.Portals[0];
        _session = await IscsiSession.ConnectAsync(
            _initiator, new() { TargetName = target, Portals = [new(portal.Address.ToString(), portal.Port)] }, Stop);
        // Its connection is on the session's loop once a command was answered there.
        await _session.ExecuteAsync(new IscsiCommand(Lun.Zero, new byte[6]), cancellation: Stop);
        return Running.Framework.Sessions.Single().Number;
    }
}

/// <summary>GUIDs to both sides.</summary>
internal static class Units
{
    public static LogicalUnitId ToUnit(this StmfGuid guid) => new(guid.High, guid.Low);
}
