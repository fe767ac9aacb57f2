using System.Net.Sockets;
using System.Text.Json;
using Lunette.Admin.Contracts;
using Lunette.Admin.Contracts.Verbs;
using Lunette.Admin.Contracts.Wire;
using Microsoft.Extensions.Logging;

namespace Lunette.Admin.Serving;

/// <summary>
/// An administrators' socket, from the daemon's side: file mode 0660, so that the owner and one group can connect, and
/// who did is asked of the system again. A caller that dies, stalls or talks nonsense costs its own connection and
/// nothing else.
/// </summary>
public sealed partial class AdminServer : IAsyncDisposable
{
    /// <summary>Administrators served at once; more wait in the socket's queue.</summary>
    public const int ConnectionsMax = 64;

    private const int Backlog = 1024;
    private static readonly TimeSpan s_afterFailure = TimeSpan.FromSeconds(1);
    private const string NotAdmitted = "the daemon does not know your user or groups as administrators";

    private readonly ILunetteAdmin _admin;
    private readonly SocketAccess _access;
    private readonly ILogger<AdminServer> _log;
    private readonly Socket _listener;
    private readonly string _path;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _places = new(ConnectionsMax, ConnectionsMax);
    private readonly Task _accepting;

    /// <summary>Listens on a path. The caller holds the home's lock, so a socket left there is nobody's.</summary>
    /// <exception cref="SocketException">It cannot.</exception>
    /// <exception cref="IOException">It cannot.</exception>
    public AdminServer(ILunetteAdmin admin, string path, SocketAccess access, ILogger<AdminServer> log)
    {
        _admin = admin;
        _access = access;
        _log = log;
        _path = path;
        File.Delete(path);
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            _listener.Bind(new UnixDomainSocketEndPoint(path));
            // Nobody can connect before the mode is set: the socket does not listen yet.
            if (!OperatingSystem.IsWindows())
            {
                const UnixFileMode OwnerAndGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite
                    | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
                File.SetUnixFileMode(path, OwnerAndGroup);
                if (!Ownership.TryGiveTo(path, access.Group)) LogNotGiven(path, access.Group);
            }
            _listener.Listen(Backlog);
        }
        catch
        {
            _listener.Dispose();
            throw;
        }
        _accepting = AcceptAsync();
    }

    /// <summary>Stops listening; calls in progress are given up, what they began goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        // All places back means that no connection is left.
        for (var i = 0; i < ConnectionsMax; i++) await _places.WaitAsync();
        File.Delete(_path);
        _places.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                await _places.WaitAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            try
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                ServeAndGiveBackPlace(socket);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                _places.Release();
                return;
            }
            catch (SocketException failed)
            {
                _places.Release();
                LogAcceptFailed(failed.Message);
                // What is wrong stays so for a while, such as too few descriptors.
                await Task.Delay(s_afterFailure, TimeProvider.System, _stop.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // The place is what the server's end waits for; so each connection has an owner that awaits its end.
    private void ServeAndGiveBackPlace(Socket socket) => ServeAsync(socket).ContinueWith(
        (_, places) => ((SemaphoreSlim)places!).Release(), _places, CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            var peer = PeerCredentials.Of(socket);
            var admitted = _access.Admits(peer);
            if (!admitted) LogNotAdmitted(_path, peer!.User, peer.Group);
            while (await AdminWire.ReadAsync(stream, AdminJson.Default.AdminRequest, _stop.Token) is { } request)
            {
                var reply = admitted ? await CarryOutAsync(request, socket) : Refuse(NotAdmitted);
                await AdminWire.WriteAsync(stream, reply, AdminJson.Default.AdminReply, _stop.Token);
            }
        }
        catch (InvalidDataException nonsense)
        {
            LogNonsense(nonsense.Message);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The caller went away, or we do: its connection ends, and nobody is left to be told.
        }
    }

    private async ValueTask<AdminReply> CarryOutAsync(AdminRequest request, Socket socket)
    {
        if (request.Version != AdminWire.Version)
        {
            return Reply(new(StmfStatus.ServiceDataVersion, Detail:
                $"the caller speaks version {request.Version}, this daemon {AdminWire.Version}: use the same release"));
        }
        if (StmfVerbs.Find(request.Verb) is not { } verb)
            return Reply(new(StmfStatus.InvalidArg, Detail: $"this daemon has no verb {request.Verb}"));
        var descriptor = verb.TakesDescriptor ? await ReceiveDescriptorAsync(socket) : -1;
        try
        {
            if (!_access.Offers(verb)) return Refuse($"whoever may only look may not use {verb.Name}");
            return Reply(await verb.InvokeAsync(
                _admin, verb.TakesDescriptor ? DescriptorArgument(descriptor) : request.Arguments));
        }
        catch (Exception bug)
        {
            // Our own mistake: it ends the call, is told to both sides, and leaves the daemon standing.
            LogVerbFailed(bug, verb.Name);
            return Reply(new(StmfStatus.Error, Detail: $"internal error in {verb.Name}; the daemon's log has it"));
        }
        finally
        {
            if (descriptor >= 0) DescriptorPassing.Close(descriptor);
        }
    }

    // The caller's number means nothing here: the descriptor comes beside the byte after the message.
    private async ValueTask<int> ReceiveDescriptorAsync(Socket socket)
    {
        await socket.ReceiveAsync(Memory<byte>.Empty, _stop.Token);
        return DescriptorPassing.Receive((int)socket.Handle);
    }

    private static JsonElement DescriptorArgument(int descriptor) => JsonSerializer.SerializeToElement(
        new DescriptorArguments(descriptor), AdminJson.Default.DescriptorArguments);

    private static AdminReply Refuse(string reason) => Reply(new(StmfStatus.Perm, Detail: reason));

    private static AdminReply Reply(StmfResult<JsonElement?> result) =>
        new(AdminWire.Version, (int)result.Status, result.Detail, result.Value);

    [LoggerMessage(1, LogLevel.Warning, "An administrator's connection was not accepted: {Reason}")]
    private partial void LogAcceptFailed(string reason);

    [LoggerMessage(2, LogLevel.Warning, "An administrator's connection was dropped: {Reason}")]
    private partial void LogNonsense(string reason);

    [LoggerMessage(3, LogLevel.Error, "Verb {Verb} failed")]
    private partial void LogVerbFailed(Exception bug, string verb);

    [LoggerMessage(4, LogLevel.Warning, "{Path} cannot be given to group {Group}: its members cannot connect")]
    private partial void LogNotGiven(string path, uint group);

    [LoggerMessage(5, LogLevel.Warning, "User {User}, group {Group}, may not use {Path}")]
    private partial void LogNotAdmitted(string path, uint user, uint group);
}
