using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using InferenceApi.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace TestKit;

/// <summary>
/// Metrics with a meter of their own, and what was counted in it; disposing it takes its instruments out of every listener.
/// </summary>
internal sealed class TestMetrics : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Instrument, string Tags)> _records = new();

    public TestMetrics()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == Metrics?.Meter && !instrument.IsObservable) listener.EnableMeasurementEvents(instrument);
        };
        Metrics = new InferenceMetrics(_services.GetRequiredService<IMeterFactory>());
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Record(instrument, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Record(instrument, tags));
        _listener.Start();
    }

    public InferenceMetrics Metrics { get; }

    /// <summary>How often an instrument was recorded to with a tag of this value.</summary>
    public int Count(string instrument, string tag) =>
        _records.Count(record => record.Instrument == instrument && record.Tags.Contains($"={tag};", StringComparison.Ordinal));

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private void Record(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string text = "";
        foreach ((string key, object? value) in tags) text += $"{key}={value};";
        _records.Enqueue((instrument.Name, text));
    }
}
