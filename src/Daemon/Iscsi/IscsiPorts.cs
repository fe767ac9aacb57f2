using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Lunette.Admin.Iscsi;
using Lunette.Daemon.Starting;
using Lunette.Iscsi;
using Lunette.Port.Iscsi;
using Lunette.Port.Iscsi.Portals;
using Lunette.Stmf.Contracts;
using Microsoft.Extensions.Logging;

namespace Lunette.Daemon.Iscsi;

/// <summary>
/// The ports of <c>iscsit</c>: what administrators say of targets and portal groups, turned into target ports and
/// portals. Nothing listens before <see cref="Listen"/>, so that whoever connects finds every target in its place.
/// </summary>
/// <param name="provider">What makes the ports.</param>
/// <param name="defaults">Where the default portal group listens.</param>
/// <param name="log">Hears of portals that cannot be opened.</param>
public sealed partial class IscsiPorts(
    IscsiPortProvider provider, IReadOnlyList<IPEndPoint> defaults, ILogger<IscsiPorts> log) : IIscsiPortProvider
{
    /// <summary>The tag of the portal group that targets without one are in.</summary>
    private const ushort DefaultTag = 1;

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<TargetPort, IscsiTargetDefinition> _targets = new();
    private readonly Dictionary<(ushort Tag, string Portal), IscsiPortal> _named = [];
    private bool _listening;

    /// <summary>Where the default portal group listens, ports that were left open filled in.</summary>
    public IReadOnlyList<IPEndPoint> Portals { get; private set; } = [];

    /// <summary>Opens the portals: those of the default group, and those of every group a target has.</summary>
    /// <exception cref="StartException">A portal of the default group cannot be opened.</exception>
    public void Listen()
    {
        Portals = [.. defaults.Select(OpenDefault)];
        lock (_gate) _listening = true;
        OpenAndCloseNamed();
    }

    /// <inheritdoc/>
    public TargetPort Create(IscsiTargetDefinition target)
    {
        // The name is nobody else's: the administrator's configuration has it once.
        var port = provider.AddTarget(SettingsOf(target))
            ?? throw new InvalidOperationException($"target {target.Name} is there already");
        _targets[port] = target;
        OpenAndCloseNamed();
        return port;
    }

    /// <inheritdoc/>
    public void Change(TargetPort port, IscsiTargetDefinition target)
    {
        ((IscsiTargetPort)port).Change(SettingsOf(target));
        _targets[port] = target;
        OpenAndCloseNamed();
    }

    /// <inheritdoc/>
    public ValueTask CloseAsync(TargetPort port)
    {
        provider.RemoveTarget((IscsiTargetPort)port);
        _targets.TryRemove(port, out _);
        OpenAndCloseNamed();
        return default;
    }

    private static IscsiTargetSettings SettingsOf(IscsiTargetDefinition target) => new(
        IscsiName.TryParse(target.Name, out var name) ? name : throw new FormatException($"{target.Name} is no name"),
        target.Alias,
        target.PortalGroups.IsEmpty ? [DefaultTag] : [.. target.PortalGroups.Select(group => group.Tag)]);

    private IPEndPoint OpenDefault(IPEndPoint portal)
    {
        try
        {
            return provider.OpenPortal(portal, DefaultTag).EndPoint;
        }
        catch (SocketException failed)
        {
            var what = failed.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "something else listens there; stop it, or choose another address",
                SocketError.AddressNotAvailable => "this machine has no such address; choose another",
                SocketError.AccessDenied => "you may not use that port; choose one from 1024 on",
                _ => failed.Message + "; choose another address",
            };
            throw new StartException($"cannot listen on {portal}: {what} with --portal", failed);
        }
    }

    // Portals of named groups are open exactly while a target has the group.
    private void OpenAndCloseNamed()
    {
        lock (_gate)
        {
            if (!_listening) return;
            var wanted = _targets.Values.SelectMany(target => target.PortalGroups)
                .SelectMany(group => group.Portals.Select(portal => (group.Tag, Portal: portal))).ToHashSet();
            foreach (var (key, portal) in _named.Where(open => !wanted.Contains(open.Key)).ToArray())
            {
                provider.ClosePortal(portal);
                _named.Remove(key);
            }
            foreach (var key in wanted.Where(key => !_named.ContainsKey(key))) OpenNamed(key);
        }
    }

    private void OpenNamed((ushort Tag, string Portal) key)
    {
        try
        {
            _named[key] = provider.OpenPortal(IPEndPoint.Parse(key.Portal), key.Tag);
        }
        catch (SocketException failed)
        {
            LogPortalNotOpened(key.Portal, key.Tag, failed.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Portal {Portal} of portal group {Tag} cannot be opened: {Reason}")]
    private partial void LogPortalNotOpened(string portal, ushort tag, string reason);
}
