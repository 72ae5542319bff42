using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using InferenceApi.Telemetry.Prometheus;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace InferenceApi.Tests.Telemetry;

/// <summary>A meter of one test and what a scrape of it reads.</summary>
internal sealed class ScrapedMeter : IDisposable
{
    private readonly PrometheusExporter _exporter = new();
    private readonly MeterProvider _provider;

    public ScrapedMeter(string? name = null)
    {
        Meter = new Meter(name ?? "test-" + Guid.NewGuid());
        _provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(Meter.Name)
            .SetExemplarFilter(ExemplarFilterType.TraceBased)
            .ConfigureResource(resource => resource.Clear().AddAttributes([new("service.name", "a \"quoted\" name")]))
            .AddReader(new BaseExportingMetricReader(_exporter))
            .Build();
    }

    public Meter Meter { get; }

    public string Scrape(bool openMetrics = false)
    {
        var output = new ArrayBufferWriter<byte>();
        _exporter.Scrape(output, openMetrics);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public string[] Lines(string containing, bool openMetrics = false) =>
        [.. Scrape(openMetrics).Split('\n').Where(line => line.Contains(containing, StringComparison.Ordinal))];

    public void Dispose()
    {
        _provider.Dispose();
        Meter.Dispose();
    }
}
