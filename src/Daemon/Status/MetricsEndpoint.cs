using System.Net;
using System.Net.Sockets;
using System.Text;
using Lunette.Admin.Contracts;
using Microsoft.Extensions.Logging;

namespace Lunette.Daemon.Status;

/// <summary>
/// Answers <c>GET /metrics</c> with Prometheus' text, and nothing else: HTTP/1.1, one request a connection. Few at once
/// and not for long, so that nobody who can reach it can hold anything up.
/// </summary>
internal sealed partial class MetricsEndpoint : IAsyncDisposable
{
    private const int AtOnce = 4;
    private const int RequestBytesMax = 8 << 10;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_afterFailure = TimeSpan.FromSeconds(1);

    private readonly TcpListener _listener;
    private readonly Func<ValueTask<StmfResult<string>>> _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<MetricsEndpoint> _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _serving;

    /// <summary>Listens.</summary>
    /// <exception cref="SocketException">It cannot.</exception>
    public MetricsEndpoint(
        IPEndPoint at, Func<ValueTask<StmfResult<string>>> metrics, TimeProvider time, ILogger<MetricsEndpoint> log)
    {
        (_metrics, _time, _log) = (metrics, time, log);
        _listener = new TcpListener(at);
        _listener.Start();
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        LogListening(EndPoint);
        _serving = [.. Enumerable.Range(0, AtOnce).Select(_ => ServeAsync())];
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await Task.WhenAll(_serving);
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                using var patience = new CancellationTokenSource(s_patience, _time);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, patience.Token);
                await AnswerAsync(client.GetStream(), limit.Token);
            }
            catch (SocketException)
            {
                // Nobody can be taken, as without a descriptor left: that stays so for a while.
                await Task.Delay(s_afterFailure, _time, _stop.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or IOException)
            {
                // Whoever asked went away, or took too long; or we stop.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream, CancellationToken stop)
    {
        var request = new byte[RequestBytesMax];
        var length = 0;
        while (!HasEnd(request.AsSpan(0, length)))
        {
            var read = length < request.Length ? await stream.ReadAsync(request.AsMemory(length), stop) : 0;
            if (read == 0) return;
            length += read;
        }
        var line = Encoding.Latin1.GetString(request, 0, length).Split('\r', 2)[0];
        var (status, body) = ("404 Not Found", "metrics are at /metrics\n");
        if (line.StartsWith("GET /metrics ", StringComparison.Ordinal))
        {
            var metrics = await _metrics();
            (status, body) = metrics.Succeeded
                ? ("200 OK", metrics.Value!)
                : ("503 Service Unavailable", metrics + "\n");
        }
        var content = Encoding.UTF8.GetBytes(body);
        var head = $"HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
            + $"Content-Length: {content.Length}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head), stop);
        await stream.WriteAsync(content, stop);
    }

    private static bool HasEnd(ReadOnlySpan<byte> request) => request.IndexOf("\r\n\r\n"u8) >= 0;

    [LoggerMessage(1, LogLevel.Information, "metrics are at http://{EndPoint}/metrics")]
    private partial void LogListening(IPEndPoint endPoint);
}
