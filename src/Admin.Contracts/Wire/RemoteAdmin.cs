using System.Text.Json;
using Lunette.Admin.Contracts.Verbs;

namespace Lunette.Admin.Contracts.Wire;

/// <summary>
/// The verbs carried out by a daemon. It connects at the first call and again after a connection was lost; calls wait
/// for each other. A call that was on its way when the connection was lost comes to an error and is not repeated, since
/// nobody knows whether it was carried out.
/// </summary>
/// <param name="connect">Connects to the daemon; its result says why where it cannot.</param>
public sealed partial class RemoteAdmin(Func<ValueTask<StmfResult<Stream>>> connect) : ILunetteAdmin, IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Stream? _connection;

    /// <summary>The daemon whose socket lies at a path.</summary>
    public static RemoteAdmin OverUnixSocket(string path) => new(() => AdminSocket.ConnectAsync(path));

    /// <summary>The daemon of a home: by the administrators' socket, or by the observers' for whoever may not use that
    /// one.</summary>
    public static RemoteAdmin OfHome(LunetteHome home) => new(async () =>
    {
        var administering = await AdminSocket.ConnectAsync(home.SocketPath).ConfigureAwait(false);
        if (administering.Status != StmfStatus.Perm) return administering;
        var observing = await AdminSocket.ConnectAsync(home.ObserverSocketPath).ConfigureAwait(false);
        return observing.Succeeded ? observing : administering;
    });

    /// <summary>Ends the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await DropAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    private async ValueTask<StmfResult> CallWithoutValueAsync<TArguments>(
        AdminVerb<TArguments, NoValue> verb, TArguments arguments)
        where TArguments : class =>
        (await CallAsync(verb, arguments).ConfigureAwait(false)).WithoutValue;

    private async ValueTask<StmfResult<TValue>> CallAsync<TArguments, TValue>(
        AdminVerb<TArguments, TValue> verb, TArguments arguments, int descriptor = -1)
        where TArguments : class
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_connection is null)
            {
                var connected = await connect().ConfigureAwait(false);
                if (!connected.Succeeded) return connected.WithoutValue;
                _connection = connected.Value;
            }
            return await ExchangeAsync(_connection!, verb, arguments, descriptor).ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is IOException or InvalidDataException or ObjectDisposedException)
        {
            await DropAsync().ConfigureAwait(false);
            return new StmfResult(
                StmfStatus.Error, "the daemon ended the connection during the call; look whether it was carried out");
        }
        finally
        {
            _turn.Release();
        }
    }

    private static async ValueTask<StmfResult<TValue>> ExchangeAsync<TArguments, TValue>(
        Stream connection, AdminVerb<TArguments, TValue> verb, TArguments arguments, int descriptor)
        where TArguments : class
    {
        var request = new AdminRequest(
            AdminWire.Version, verb.Name, JsonSerializer.SerializeToElement(arguments, verb.ArgumentsInfo));
        await AdminWire.WriteAsync(connection, request, AdminJson.Default.AdminRequest, CancellationToken.None)
            .ConfigureAwait(false);
        if (descriptor >= 0) ((IDescriptorCarrier)connection).SendDescriptor(descriptor);
        var reply = await AdminWire.ReadAsync(connection, AdminJson.Default.AdminReply, CancellationToken.None)
            .ConfigureAwait(false) ?? throw new EndOfStreamException("no answer");
        try
        {
            var value = reply.Value is { } json ? json.Deserialize(verb.ValueInfo) : default;
            return new((StmfStatus)reply.Status, value, reply.Detail);
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException("an answer that is not what was expected", malformed);
        }
    }

    private async ValueTask DropAsync()
    {
        var connection = _connection;
        _connection = null;
        if (connection is not null) await connection.DisposeAsync().ConfigureAwait(false);
    }
}
