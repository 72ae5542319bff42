using System.Buffers;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace InferenceApi.Telemetry.Prometheus;

/// <summary>
/// Collects on request and writes the collection. Thread-safe: callers take turns, each with its own collection. The official exporter
/// (OpenTelemetry.Exporter.Prometheus.AspNetCore) is a beta, writes a <c>_created</c> series for every counter and cannot give Triton's
/// counters their names and the type untyped; it can replace this folder once that has changed.
/// </summary>
[ExportModes(ExportModes.Pull)]
public sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    // Collecting takes about a millisecond; a callback that hangs must not hang every later scrape.
    private const int CollectTimeoutMilliseconds = 5000;

    private readonly Lock _gate = new();
    private readonly PrometheusExposition _exposition = new();
    private IBufferWriter<byte>? _output;
    private bool _openMetrics;

    /// <summary>Set by the reader that this exporter is given to.</summary>
    public Func<int, bool>? Collect { get; set; }

    /// <summary>Content type of what <see cref="Scrape"/> writes.</summary>
    public static string ContentType(bool openMetrics) => PrometheusExposition.ContentType(openMetrics);

    /// <summary>Writes every metric as it is now.</summary>
    /// <param name="output">Written to before the call returns, never flushed.</param>
    /// <param name="openMetrics">OpenMetrics with exemplars, else text 0.0.4.</param>
    /// <exception cref="InvalidOperationException">There is no reader, or a gauge took too long.</exception>
    public void Scrape(IBufferWriter<byte> output, bool openMetrics)
    {
        Func<int, bool> collect = Collect ?? throw new InvalidOperationException("The exporter has no reader.");
        lock (_gate)
        {
            _output = output;
            _openMetrics = openMetrics;
            try
            {
                if (!collect(CollectTimeoutMilliseconds))
                    throw new InvalidOperationException("The metrics could not be collected in time.");
            }
            finally
            {
                _output = null;
            }
        }
    }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        // Without a scrape under way this is the last collection of a provider that is being disposed.
        if (_output is not { } output) return ExportResult.Success;
        output.Write(_exposition.Write(batch, ParentProvider.GetResource(), _openMetrics));
        return ExportResult.Success;
    }
}
