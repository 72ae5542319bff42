using Microsoft.Extensions.Logging;

namespace TestKit;

/// <summary>Keeps what a whole service logs.</summary>
internal sealed class RecordedLog : ILoggerProvider
{
    private readonly List<Entry> _entries = [];

    /// <param name="Category">Of the logger.</param>
    /// <param name="Event">Its id.</param>
    /// <param name="Failure">What was logged with it.</param>
    /// <param name="Values">By the names in the message; the message itself under {OriginalFormat}.</param>
    public sealed record Entry(
        string Category, LogLevel Level, int Event, IReadOnlyDictionary<string, object?> Values, Exception? Failure = null);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <summary>Those so far with that id.</summary>
    public IReadOnlyList<Entry> Of(int eventId)
    {
        lock (_entries) return [.. _entries.Where(entry => entry.Event == eventId)];
    }

    /// <summary>Those so far of level Error and above, the web server's among them.</summary>
    public IReadOnlyList<Entry> Errors
    {
        get
        {
            lock (_entries) return [.. _entries.Where(entry => entry.Level >= LogLevel.Error)];
        }
    }

    public void Dispose()
    {
        // What was recorded stays readable after the service has ended.
    }

    private sealed class Logger(RecordedLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = (state as IEnumerable<KeyValuePair<string, object?>> ?? []).ToDictionary(value => value.Key, value => value.Value);
            lock (log._entries) log._entries.Add(new Entry(category, logLevel, eventId.Id, values, exception));
        }
    }
}
