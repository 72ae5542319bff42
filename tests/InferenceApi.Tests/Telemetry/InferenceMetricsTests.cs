using System.Diagnostics.Metrics;
using InferenceApi.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace InferenceApi.Tests.Telemetry;

[Collection(TracingCollection.Name)]
public sealed class InferenceMetricsTests : IDisposable
{
    private static readonly StageTimings Timings = new()
    {
        Read = TimeSpan.FromMilliseconds(7),
        Admit = TimeSpan.FromMilliseconds(6),
        Slot = TimeSpan.FromMilliseconds(3),
        Decode = TimeSpan.FromMilliseconds(2),
        Prepare = TimeSpan.FromMilliseconds(0.5),
        Queue = TimeSpan.FromMilliseconds(1),
        Run = TimeSpan.FromMilliseconds(12),
        Rank = TimeSpan.FromMilliseconds(0.05),
        Batch = 4,
    };

    // Other tests count in the same meter, so every test has a model of its own.
    private readonly string _model = "model-" + Guid.NewGuid().ToString("N");
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ScrapedMeter _scraped = new(InferenceMetrics.MeterName);
    private readonly InferenceMetrics _metrics;

    public InferenceMetricsTests() => _metrics = new InferenceMetrics(_services.GetRequiredService<IMeterFactory>());

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

        string[] sums = _scraped.Lines(_model)
            .Where(line => line.StartsWith("inference_stage_duration_seconds_sum", StringComparison.Ordinal)).Order().ToArray();
        Assert.Equal(["decode\"} 0.002", "prepare\"} 0.0005", "queue\"} 0.001", "rank\"} 5E-05", "run\"} 0.012", "slot\"} 0.003"],
            sums.Select(line => line.Split("stage=\"")[1]));
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
        _metrics.RequestFinished(Record(_model, 1), 200, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(4));
        _metrics.RequestFinished(new RequestRecord { Model = _model }, 503, TimeSpan.FromMilliseconds(1), TimeSpan.Zero);

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
            _metrics.ImagesFailed(invented, ImageOutcome.Refused);
            _metrics.ImageAnswered(invented, Timings);
            _metrics.RunFinished(invented, i, 1, failed: false);
            _metrics.RequestFinished(Record(invented, i, Reason), i, TimeSpan.Zero, TimeSpan.Zero);
        }

        Assert.Empty(_scraped.Lines(_model));
        Assert.Equal([$"inference_refusals_total{{model=\"\",reason=\"{Reason}\"}} 10000"], _scraped.Lines(Reason));
    }

    [Fact]
    public void Records_LoadedModel_AllocateNothing()
    {
        RequestRecord request = Record(_model, 1, "overloaded");
        _metrics.ModelLoaded(_model, 1, succeeded: true);
        RecordAll();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) RecordAll();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void RecordAll()
        {
            _metrics.ImageAnswered(_model, Timings);
            _metrics.ImagesFailed(_model, ImageOutcome.BadImage);
            _metrics.RunFinished(_model, 1, 8, failed: false);
            _metrics.RequestFinished(request, 200, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(4));
        }
    }

    [Fact]
    public void RequestFinished_TimesTheStagesOfTheWholeRequest()
    {
        _metrics.ModelLoaded(_model, 1, succeeded: true);

        _metrics.RequestFinished(Record(_model, 1), 200, TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(4));

        string[] sums = _scraped.Lines(_model)
            .Where(line => line.StartsWith("inference_stage_duration_seconds_sum", StringComparison.Ordinal)).Order().ToArray();
        Assert.Equal(["admit\"} 0.006", "read\"} 0.007", "write\"} 0.004"], sums.Select(line => line.Split("stage=\"")[1]));
    }

    private static RequestRecord Record(string model, int version, string? problem = null) =>
        new() { Model = model, Version = version, Timings = Timings, Problem = problem };
}
