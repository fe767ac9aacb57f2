using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Lunette.Daemon.Starting;

/// <summary>
/// Logs one line an event to the standard error stream: time, level, part, words. Whoever
/// owns the terminal meanwhile takes the lines itself.
/// </summary>
/// <param name="to">Where the lines go.</param>
/// <param name="least">What is less is left out.</param>
/// <param name="time">For the stamps.</param>
public sealed class LineLog(TextWriter to, LogLevel least, TimeProvider time) : ILoggerFactory
{
    private readonly Lock _gate = new();

    /// <summary>
    /// Takes the lines while something else owns the terminal; null for the writer this was made with.
    /// </summary>
    public Action<string>? Write { get; set; }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) =>
        new PartLog(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("this factory writes to one place");

    /// <inheritdoc/>
    public void Dispose() => to.Flush();

    private void Log(string part, LogLevel level, string words, Exception? exception)
    {
        var stamp = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var name = level switch
        {
            LogLevel.Critical or LogLevel.Error => "error",
            LogLevel.Warning => "warn",
            LogLevel.Information => "info",
            _ => "debug",
        };
        lock (_gate)
        {
            var write = Write ?? to.WriteLine;
            write($"{stamp} {name,-5} {part}: {words}");
            if (exception is not null) write(exception.ToString());
            to.Flush();
        }
    }

    private sealed class PartLog(LineLog log, string part) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= log.Least;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) log.Log(part, logLevel, formatter(state, exception), exception);
        }
    }

    private LogLevel Least => least;
}
