using System.Globalization;
using Lunette.Daemon.Starting;
using Spectre.Console;

namespace Lunette.Daemon.Status;

/// <summary>
/// Shows how busy the daemon is: one live line on a terminal, plain lines where something changed elsewhere.
/// </summary>
internal static class StatusView
{
    private static readonly TimeSpan s_liveInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_plainInterval = TimeSpan.FromSeconds(10);

    /// <summary>Shows it until told to stop.</summary>
    public static async Task ShowUntilAsync(TargetSystem system, TextWriter output, LineLog log, CancellationToken stop)
    {
        var live = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        using var timer = new PeriodicTimer(live ? s_liveInterval : s_plainInterval, TimeProvider.System);
        try
        {
            if (live) await ShowLiveAsync(system, log, timer, stop);
            else await ShowPlainAsync(system, output, timer, stop);
        }
        catch (OperationCanceledException)
        {
            // Told to stop: there is nothing more to show.
        }
    }

    private static async Task ShowPlainAsync(
        TargetSystem system, TextWriter output, PeriodicTimer timer, CancellationToken stop)
    {
        var before = Totals.Of(system.Framework);
        while (await timer.WaitForNextTickAsync(stop))
        {
            var now = Totals.Of(system.Framework);
            var rates = now.Since(before, s_plainInterval);
            if (now.Commands != before.Commands || now.Sessions != before.Sessions)
                await output.WriteLineAsync("lunette: " + Words(rates));
            before = now;
        }
    }

    private static async Task ShowLiveAsync(
        TargetSystem system, LineLog log, PeriodicTimer timer, CancellationToken stop)
    {
        var before = Totals.Of(system.Framework);
        var status = AnsiConsole.Status().Spinner(Spinner.Known.Line);
        await status.StartAsync(Words(before.Since(before, s_liveInterval)), async context =>
        {
            // A log line goes above the live one: writing through the console makes room for it.
            log.Write = AnsiConsole.WriteLine;
            try
            {
                while (await timer.WaitForNextTickAsync(stop))
                {
                    var now = Totals.Of(system.Framework);
                    context.Status = Words(now.Since(before, s_liveInterval));
                    before = now;
                }
            }
            finally
            {
                log.Write = null;
            }
        });
    }

    // Short enough for a terminal of 80 columns.
    private static string Words(Rates rates) => string.Create(CultureInfo.InvariantCulture,
        $"{rates.Sessions} sessions  {rates.CommandsPerSecond:N0} IOPS  "
        + $"read {rates.ReadBytesPerSecond / 1e6:N1} write {rates.WriteBytesPerSecond / 1e6:N1} MB/s  "
        + $"p50 {rates.MedianMicroseconds:N0} p99 {rates.TailMicroseconds:N0} us");
}
