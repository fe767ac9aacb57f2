using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Lunette.Admin.Iscsi;
using Lunette.Daemon.Starting;
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
            .Select(port => new RegisteredTarget(port.Port.Name, port.Port.Alias)).ToArray();
        var servers = configuration.Isns
            ? configuration.IsnsServers.Select(Parse).OfType<IPEndPoint>().ToHashSet()
            : [];
        var all = true;
        foreach (var server in servers.Union(_told.Keys).ToArray())
            all &= await TellAsync(server, servers.Contains(server) ? online : []);
        return all;
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
        foreach (var portal in _portals())
            message.Add(IsnsTag.PortalIpAddress, portal.Address).Add(IsnsTag.PortalPort, (uint)portal.Port);
        foreach (var target in targets)
        {
            message.Add(IsnsTag.IscsiName, target.Name).Add(IsnsTag.IscsiNodeType, NodeTypeTarget);
            if (target.Alias.Length > 0) message.Add(IsnsTag.IscsiAlias, target.Alias);
        }
        return message;
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
        if (!ServeOptions.TryParsePortal(text, out var server)) return null;
        // A server without a port is at iSNS' own; the parser knows iSCSI's.
        var named = text.EndsWith(":" + server.Port, StringComparison.Ordinal);
        return named ? server : new(server.Address, IsnsPort);
    }

    private sealed record RegisteredTarget(string Name, string Alias);

    [LoggerMessage(1, LogLevel.Information, "{Count} targets are registered with the iSNS server {Server}")]
    private partial void LogTold(IPEndPoint server, int count);

    [LoggerMessage(2, LogLevel.Warning, "The iSNS server {Server} refuses: status {Status}")]
    private partial void LogRefused(IPEndPoint server, uint status);

    [LoggerMessage(3, LogLevel.Warning, "The iSNS server {Server} cannot be told: {Reason}; it is tried again")]
    private partial void LogUnreachable(IPEndPoint server, string reason);
}
