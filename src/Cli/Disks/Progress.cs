using System.Globalization;

namespace Lunette.Cli.Disks;

/// <summary>A bar that shows how far something is; nothing where no terminal would show it. Any thread.</summary>
internal sealed class Progress(Terminal terminal, string what, long total)
{
    private const int Width = 24;
    private const int HoursMax = 9999;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    private readonly long _start = terminal.Time.GetTimestamp();
    private readonly Lock _gate = new();
    private long _shown;
    private long _done;

    /// <summary>So much more is done.</summary>
    public void Add(long bytes)
    {
        lock (_gate)
        {
            _done += bytes;
            var now = terminal.Time.GetTimestamp();
            if (!terminal.ShowsProgress || terminal.Time.GetElapsedTime(_shown, now) < s_interval) return;
            _shown = now;
            terminal.Error.Write('\r' + Line());
        }
    }

    /// <summary>Says how it went.</summary>
    public void End()
    {
        if (terminal.ShowsProgress) terminal.Error.WriteLine('\r' + Line());
        var seconds = terminal.Time.GetElapsedTime(_start).TotalSeconds;
        terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what} {_done} bytes in {seconds:N2} s, {_done / Math.Max(seconds, 1e-6) / 1e6:N1} MB/s"));
    }

    private string Line()
    {
        var share = total == 0 ? 1 : Math.Min(1, (double)_done / total);
        var filled = (int)(share * Width);
        var seconds = terminal.Time.GetElapsedTime(_start).TotalSeconds;
        var left = share > 0 ? seconds * (1 - share) / share : 0;
        return string.Create(CultureInfo.InvariantCulture,
            $"{what} [{new string('#', filled).PadRight(Width, '.')}] {share,4:P0}  "
            + $"{_done / Math.Max(seconds, 1e-6) / 1e6:N1} MB/s  {Clock(left)} left ");
    }

    // Hours go on past a day; what takes longer than four digits of them is not worth a figure.
    private static string Clock(double seconds)
    {
        var whole = (long)Math.Min(seconds, HoursMax * 3600.0);
        return string.Create(CultureInfo.InvariantCulture,
            $"{whole / 3600:00}:{whole / 60 % 60:00}:{whole % 60:00}");
    }
}
