using Lunette.Daemon.Status;
using Lunette.Stmf.Configuration;
using Microsoft.Extensions.Logging;

namespace Lunette.Daemon.Starting;

/// <summary>One run of the daemon: start, serve, stop.</summary>
internal static class DaemonRun
{
    /// <summary>Runs until a signal says stop.</summary>
    /// <returns>0 after a graceful end, 1 when it could not start.</returns>
    public static async Task<int> RunAsync(ServeOptions options, TextWriter output, TextWriter error)
    {
        using var signals = new StopSignals();
        using var log = new LineLog(
            error, options.Verbose ? LogLevel.Debug : LogLevel.Information, TimeProvider.System);
        try
        {
            await using var system = await TargetSystem.StartAsync(options, log);
            await Welcome.WriteAsync(output, system.Admin, system.Portals, options);
            await output.FlushAsync(CancellationToken.None);
            await StatusView.ShowUntilAsync(system, output, log, signals.Stop);
            await output.WriteLineAsync("lunette: stopping; initiators are asked to log out (again to stop at once)");
            await system.StopAsync(signals.Hurry);
            await output.WriteLineAsync("lunette: stopped");
            return 0;
        }
        catch (Exception failed) when (failed is StartException or ConfigStoreException)
        {
            await error.WriteLineAsync($"lunette: {failed.Message}");
            return 1;
        }
    }
}
