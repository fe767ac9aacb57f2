using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Lunette.Admin.Contracts.Iscsi;
using Lunette.Admin.Iscsi;
using Lunette.Iscsi.Isns;
using Lunette.Stmf;
using Lunette.Stmf.Observability;
using Lunette.Stmf.Transitions;
using Microsoft.Extensions.Logging;

namespace Lunette.Daemon.Isns;

/// <summary>
/// Registers the targets that are online with the iSNS servers the administrator names, and withdraws them: one network
/// entity for the daemon, replaced whole when something changes. A server that does not answer is tried again.
/// </summary>
internal sealed partial class IsnsRegistrar : IAsyncDisposable
{
    private const uint EntityProtocolIscsi = 2;
    private const uint NodeTypeTarget = 1;
    private const int IsnsPort = 3205;
    private const ushort DefaultTag = 1;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(30);

    private readonly StmfFramework _framework;
    private readonly IscsitProvider _iscsit;
    private readonly Func<IReadOnlyList<IPEndPoint>> _portals;
    private readonly string _entity;
    private readonly TimeProvider _time;
    private readonly ILogger<IsnsRegistrar> _log;
    private readonly EventSubscription _events;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // What each server was last told; the first target of it speaks for the entity.
    private readonly Dictionary<IPEndPoint, IReadOnlyList<RegisteredTarget>> _told = [];
    private readonly Task _listening;
    private readonly Task _registering;
    private ushort _transactions;

    public IsnsRegistrar(
        StmfFramework framework, IscsitProvider iscsit, Func<IReadOnlyList<IPEndPoint>> portals, string entity,
        TimeProvider time, ILogger<IsnsRegistrar> log)
    {
        (_framework, _iscsit, _portals, _entity, _time, _log) = (framework, iscsit, portals, entity, time, log);
        _events = framework.Subscribe();
        _listening = ListenAsync();
        _registering = RegisterAsync();
        Look();
    }

    /// <summary>Withdraws everything and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _events.Dispose();
        await _listening;
        await _stop.CancelAsync();
        await _registering;
        foreach (var server in _told.Keys.ToArray()) await TellAsync(server, []);
        _stop.Dispose();
    }

    private void Look() => _changed.Writer.TryWrite(true);

    private async Task ListenAsync()
    {
        await foreach (var happened in _events.Reader.ReadAllAsync())
        {
            if (happened is TargetPortStateChanged or TargetPortDeregistered or ConfigurationChanged) Look();
        }
    }

    private async Task RegisterAsync()
    {
        try
        {
            var changed = _changed.Reader.ReadAsync(_stop.Token).AsTask();
            while (true)
            {
                var all = await LookAtAllAsync();
                if (all) await changed;
                else await Task.WhenAny(changed, Task.Delay(s_again, _time, _stop.Token));
                _stop.Token.ThrowIfCancellationRequested();
                if (changed.IsCompleted) changed = _changed.Reader.ReadAsync(_stop.Token).AsTask();
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
    }

    private async ValueTask<bool> LookAtAllAsync()
    {
        var configuration = _iscsit.Configuration.Value ?? IscsitConfiguration.Empty;
        var online = _framework.TargetPorts
            .Where(port => port.State == ObjectState.Online && configuration.Targets.ContainsKey(port.Port.Name))
            .Select(port => new RegisteredTarget(
                port.Port.Name, port.Port.Alias, PortalsOf(configuration, configuration.Targets[port.Port.Name])))
            .ToArray();
        var servers = configuration.Isns
            ? configuration.IsnsServers.Select(Parse).OfType<IPEndPoint>().ToHashSet()
            : [];
        var all = true;
        foreach (var server in servers.Union(_told.Keys).ToArray())
            all &= await TellAsync(server, servers.Contains(server) ? online : []);
        return all;
    }

    // "Every address" is none that could be registered.
    private List<(IPEndPoint Portal, ushort Tag)> PortalsOf(IscsitConfiguration configuration, IscsitTarget target)
    {
        var portals = target.PortalGroups.IsEmpty
            ? _portals().Select(portal => (portal, DefaultTag))
            : target.PortalGroups.Select(name => configuration.PortalGroups.GetValueOrDefault(name))
                .OfType<IscsiPortalGroup>()
                .SelectMany(group => group.Portals.Select(portal => (IPEndPoint.Parse(portal), group.Tag)));
        return [.. portals.Where(portal => !portal.Item1.Address.Equals(IPAddress.Any)
            && !portal.Item1.Address.Equals(IPAddress.IPv6Any))];
    }

    private async ValueTask<bool> TellAsync(IPEndPoint server, IReadOnlyList<RegisteredTarget> targets)
    {
        var before = _told.GetValueOrDefault(server) ?? [];
        if (before.SequenceEqual(targets)) return true;
        var message = targets.Count > 0 ? Registration(targets) : Deregistration(before[0]);
        try
        {
            var status = await AskAsync(server, message);
            if (status != 0)
            {
                LogRefused(server, status);
                return false;
            }
        }
        catch (Exception failed) when (failed is SocketException or IOException or OperationCanceledException)
        {
            LogUnreachable(server, failed.Message);
            return false;
        }
        if (targets.Count > 0) _told[server] = targets;
        else _told.Remove(server);
        LogTold(server, targets.Count);
        return true;
    }

    private IsnsMessage Registration(IReadOnlyList<RegisteredTarget> targets)
    {
        var message = new IsnsMessage(IsnsFunction.DeviceAttributeRegistration, ++_transactions, replaces: true)
            .Add(IsnsTag.IscsiName, targets[0].Name)
            .Add(IsnsTag.EntityIdentifier, _entity)
            .Add(IsnsTag.Delimiter)
            .Add(IsnsTag.EntityIdentifier, _entity)
            .Add(IsnsTag.EntityProtocol, EntityProtocolIscsi);
        var portals = targets.SelectMany(target => target.Portals).Select(at => at.Portal).Distinct().ToArray();
        foreach (var portal in portals)
            message.Add(IsnsTag.PortalIpAddress, portal.Address).Add(IsnsTag.PortalPort, (uint)portal.Port);
        foreach (var target in targets)
        {
            message.Add(IsnsTag.IscsiName, target.Name).Add(IsnsTag.IscsiNodeType, NodeTypeTarget);
            if (target.Alias.Length > 0) message.Add(IsnsTag.IscsiAlias, target.Alias);
        }
        // A node is at every portal of its entity, with tag 1, unless the message says otherwise (RFC 4171
        // section 3.4).
        var isPlain = targets.All(target =>
            target.Portals.Count == portals.Length && target.Portals.All(at => at.Tag == DefaultTag));
        if (isPlain) return message;
        foreach (var target in targets)
            foreach (var portal in portals) AddPortalGroup(message, target, portal);
        return message;
    }

    private static void AddPortalGroup(IsnsMessage message, RegisteredTarget target, IPEndPoint portal)
    {
        message.Add(IsnsTag.PgIscsiName, target.Name).Add(IsnsTag.PgPortalIpAddress, portal.Address)
            .Add(IsnsTag.PgPortalPort, (uint)portal.Port);
        var tag = target.Portals.FirstOrDefault(at => at.Portal.Equals(portal)).Tag;
        if (tag == 0) message.Add(IsnsTag.PgTag);
        else message.Add(IsnsTag.PgTag, tag);
    }

    private IsnsMessage Deregistration(RegisteredTarget source) =>
        new IsnsMessage(IsnsFunction.DeviceDeregistration, ++_transactions)
            .Add(IsnsTag.IscsiName, source.Name)
            .Add(IsnsTag.Delimiter)
            .Add(IsnsTag.EntityIdentifier, _entity);

    private async ValueTask<uint> AskAsync(IPEndPoint server, IsnsMessage message)
    {
        using var limit = new CancellationTokenSource(s_patience, _time);
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, limit.Token);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(message.ToArray(), limit.Token);
        var answer = new byte[IsnsMessage.HeaderLength + ushort.MaxValue];
        await stream.ReadExactlyAsync(answer.AsMemory(0, IsnsMessage.HeaderLength), limit.Token);
        var length = IsnsMessage.AnswerLength(answer);
        if (length < 0) throw new IOException("what it says is no iSNS");
        await stream.ReadExactlyAsync(answer.AsMemory(IsnsMessage.HeaderLength, length), limit.Token);
        return message.StatusOf(answer.AsSpan(0, IsnsMessage.HeaderLength + length))
            ?? throw new IOException("it answers something else");
    }

    private static IPEndPoint? Parse(string text)
    {
        return ServerName.TryParse(text, IsnsPort, out var server) && server.Address is { } address
            ? new(address, server.Port)
            : null;
    }

    private sealed record RegisteredTarget(
        string Name, string Alias, IReadOnlyList<(IPEndPoint Portal, ushort Tag)> Portals)
    {
        public bool Equals(RegisteredTarget? other) =>
            other is not null && (Name, Alias) == (other.Name, other.Alias) && Portals.SequenceEqual(other.Portals);

        public override int GetHashCode() => HashCode.Combine(Name, Alias, Portals.Count);
    }

    [LoggerMessage(1, LogLevel.Information, "{Count} targets are registered with the iSNS server {Server}")]
    private partial void LogTold(IPEndPoint server, int count);

    [LoggerMessage(2, LogLevel.Warning, "The iSNS server {Server} refuses: status {Status}")]
    private partial void LogRefused(IPEndPoint server, uint status);

    [LoggerMessage(3, LogLevel.Warning, "The iSNS server {Server} cannot be told: {Reason}; it is tried again")]
    private partial void LogUnreachable(IPEndPoint server, string reason);
}
