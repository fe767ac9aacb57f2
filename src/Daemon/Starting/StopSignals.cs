using System.Runtime.InteropServices;

namespace Lunette.Daemon.Starting;

/// <summary>
/// SIGINT and SIGTERM as two wishes: the first is to stop, the second not to wait for initiators any longer.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _hurry = new();

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Signalled),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Signalled),
    ];

    /// <summary>Somebody wants the daemon to stop.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Somebody wants it again.</summary>
    public CancellationToken Hurry => _hurry.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
        _hurry.Dispose();
    }

    private void Signalled(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_stop.IsCancellationRequested) _hurry.Cancel();
        else _stop.Cancel();
    }
}
