using System.Diagnostics.Metrics;
using InferenceApi.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace InferenceApi.Tests.Telemetry;

[Collection(TracingCollection.Name)]
public sealed class InferenceMetricsTests : IDisposable
{
    private static readonly StageTimings Timings = new(2, 0.5, 1, 12, 0.05, 4);

    // Other tests count in the same meter, so every test has a model of its own.
    private readonly string _model = "model-" + Guid.NewGuid().ToString("N");
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ScrapedMeter _scraped = new(InferenceMetrics.MeterName);
    private readonly HandSetTime _time = new();
    private readonly InferenceMetrics _metrics;

    public InferenceMetricsTests() => _metrics = new InferenceMetrics(_services.GetRequiredService<IMeterFactory>(), _time);

    public void Dispose()
    {
        _scraped.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void ImageAnswered_LoadedModel_TimesEveryStageInSeconds()
    {
        _metrics.ModelLoaded(_model, 1, succeeded: true);

        _metrics.ImageAnswered(_model, Timings);

        string[] sums = _scraped.Lines(_model).Where(line => line.StartsWith("inference_stage_duration_seconds_sum", StringComparison.Ordinal)).Order().ToArray();
        Assert.Equal(["decode\"} 0.002", "prepare\"} 0.0005", "queue\"} 0.001", "rank\"} 5E-05", "run\"} 0.012"], sums.Select(line => line.Split("stage=\"")[1]));
        Assert.Contains($"inference_images_total{{model=\"{_model}\",outcome=\"ok\"}} 1", _scraped.Scrape(), StringComparison.Ordinal);
        Assert.Contains($"inference_model_loads_total{{model=\"{_model}\",outcome=\"ok\"}} 1", _scraped.Scrape(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ImageOutcome.BadImage, "bad_image")]
    [InlineData(ImageOutcome.Refused, "refused")]
    [InlineData(ImageOutcome.Expired, "expired")]
    [InlineData(ImageOutcome.Cancelled, "cancelled")]
    [InlineData(ImageOutcome.Failed, "failed")]
    public void ImagesFailed_Outcome_HasItsOwnWord(ImageOutcome outcome, string label)
    {
        _metrics.ModelLoaded(_model, 1, succeeded: true);

        _metrics.ImagesFailed(_model, outcome, 3);

        Assert.Contains($"inference_images_total{{model=\"{_model}\",outcome=\"{label}\"}} 3", _scraped.Scrape(), StringComparison.Ordinal);
    }

    [Fact]
    public void RequestFinished_TwoVersions_CountsEachUnderTritonsNames()
    {
        _metrics.ModelLoaded(_model, 1, succeeded: true);
        _metrics.ModelLoaded(_model, 2, succeeded: true);

        _metrics.RunFinished(_model, 1, rows: 4, failed: false);
        _metrics.RunFinished(_model, 1, rows: 2, failed: true);
        _metrics.RequestFinished(_model, 1, 200, TimeSpan.FromMilliseconds(20), Timings);
        _metrics.RequestFinished(_model, 0, 503, TimeSpan.FromMilliseconds(1), default);

        string[] lines = _scraped.Lines(_model);
        foreach ((string name, int version, int value) in new[]
        {
            ("request_success", 1, 1), ("request_failure", 2, 1), ("count", 1, 4), ("exec_count", 1, 1),
            ("request_duration_us", 1, 20_000), ("queue_duration_us", 1, 1_000), ("compute_infer_duration_us", 1, 12_000),
        })
            Assert.Contains($"nv_inference_{name}{{model=\"{_model}\",version=\"{version}\"}} {value}", lines);
        Assert.Contains($"inference_request_duration_seconds_count{{model=\"{_model}\",status=\"503\"}} 1", lines);
        Assert.Contains($"inference_batch_size_bucket{{model=\"{_model}\",le=\"4\"}} 2", lines);
    }

    [Fact]
    public void Records_NamesNobodyInstalled_AddOneSeriesHoweverMany()
    {
        const string Reason = "cardinality-test";
        for (int i = 0; i < 10_000; i++)
        {
            string invented = _model + i;
            _metrics.Refused(invented, Reason);
            _metrics.ImagesFailed(invented, ImageOutcome.Refused);
            _metrics.ImageAnswered(invented, Timings);
            _metrics.RunFinished(invented, i, 1, failed: false);
            _metrics.RequestFinished(invented, i, i, TimeSpan.Zero, Timings);
        }

        Assert.Empty(_scraped.Lines(_model));
        Assert.Equal([$"inference_refusals_total{{model=\"\",reason=\"{Reason}\"}} 10000"], _scraped.Lines(Reason));
    }

    [Fact]
    public void Records_LoadedModel_AllocateNothing()
    {
        _metrics.ModelLoaded(_model, 1, succeeded: true);
        Record();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Record();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Record()
        {
            _metrics.ImageAnswered(_model, Timings);
            _metrics.ImagesFailed(_model, ImageOutcome.BadImage);
            _metrics.RunFinished(_model, 1, 8, failed: false);
            _metrics.RequestFinished(_model, 1, 200, TimeSpan.FromMilliseconds(20), Timings);
            _metrics.Refused(_model, "overloaded");
        }
    }

    [Fact]
    public void Observe_ModelReplacedAndRemoved_ReportsZeroForWhatIsGone()
    {
        ModelSnapshot[] models = [new(_model, 1, "ready", 3, TimeSpan.FromSeconds(0.5), 1000, 2)];
        _metrics.Observe(() => models, () => 5);
        string[] lines = _scraped.Lines(_model);
        Assert.Contains($"inference_queue_depth{{model=\"{_model}\"}} 3", lines);
        Assert.Contains($"inference_estimated_wait_seconds{{model=\"{_model}\"}} 0.5", lines);
        Assert.Contains($"inference_model_memory_bytes{{model=\"{_model}\"}} 1000", lines);
        Assert.Contains($"inference_instances{{model=\"{_model}\"}} 2", lines);
        Assert.Contains($"inference_model_state{{model=\"{_model}\",state=\"ready\",version=\"1\"}} 1", lines);
        Assert.Contains($"inference_model_state{{model=\"{_model}\",state=\"failed\",version=\"1\"}} 0", lines);
        Assert.Contains($"nv_inference_pending_request_count{{model=\"{_model}\",version=\"1\"}} 3", lines);

        _time.Pass(TimeSpan.FromSeconds(1));
        models = [models[0] with { Version = 2, State = "loading" }];
        lines = _scraped.Lines(_model);
        Assert.Contains($"inference_model_state{{model=\"{_model}\",state=\"ready\",version=\"1\"}} 0", lines);
        Assert.Contains($"inference_model_state{{model=\"{_model}\",state=\"loading\",version=\"2\"}} 1", lines);
        Assert.Contains($"inference_queue_depth{{model=\"{_model}\"}} 3", lines);
        Assert.Contains($"nv_inference_pending_request_count{{model=\"{_model}\",version=\"1\"}} 0", lines);

        _time.Pass(TimeSpan.FromSeconds(1));
        models = [];
        Assert.Contains($"inference_queue_depth{{model=\"{_model}\"}} 0", _scraped.Lines(_model));
    }
}
