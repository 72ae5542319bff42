using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace InferenceApi.Tests.Telemetry.Prometheus;

[Collection(TracingCollection.Name)]
public sealed class PrometheusExpositionTests : IDisposable
{
    private readonly ScrapedMeter _scraped = new();

    public void Dispose() => _scraped.Dispose();

    [Fact]
    public void Scrape_Counter_IsDeclaredAndCarriesLabels()
    {
        _scraped.Meter.CreateCounter<long>("some.images", "{image}", "Images.")
            .Add(3, new KeyValuePair<string, object?>("model.name", "m"));

        Assert.Equal(["# HELP some_images_total Images.", "# TYPE some_images_total counter", "some_images_total{model_name=\"m\"} 3"],
            _scraped.Lines("some_images"));
    }

    [Fact]
    public void Scrape_LabelWithReservedCharacters_IsEscaped()
    {
        _scraped.Meter.CreateCounter<long>("c").Add(1, new KeyValuePair<string, object?>("l", "a\\b\"c\nd é"));

        Assert.Contains("c_total{l=\"a\\\\b\\\"c\\nd é\"} 1", _scraped.Scrape(), StringComparison.Ordinal);
    }

    [Fact]
    public void Scrape_HelpWithReservedCharacters_IsEscapedAsTheFormatSays()
    {
        _scraped.Meter.CreateCounter<long>("c", null, "one\ntwo \\ \"three\"").Add(1);

        Assert.Contains("# HELP c_total one\\ntwo \\\\ \"three\"\n", _scraped.Scrape(), StringComparison.Ordinal);
        Assert.Contains("# HELP c one\\ntwo \\\\ \\\"three\\\"\n", _scraped.Scrape(openMetrics: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Scrape_Histogram_IsCumulativeAndEndsInInfinity()
    {
        Histogram<double> histogram = Seconds();
        foreach (double value in new[] { 0.25, 0.5, 0.75, 5 }) histogram.Record(value);

        Assert.Equal(
            [
                "# HELP wait_seconds Waits.",
                "# TYPE wait_seconds histogram",
                "wait_seconds_bucket{le=\"0.5\"} 2",
                "wait_seconds_bucket{le=\"1\"} 3",
                "wait_seconds_bucket{le=\"+Inf\"} 4",
                "wait_seconds_sum 6.5",
                "wait_seconds_count 4",
            ],
            _scraped.Lines("wait_seconds"));
    }

    [Fact]
    public void Scrape_SecondTime_AddsToTheFirst()
    {
        Counter<long> counter = _scraped.Meter.CreateCounter<long>("c");
        counter.Add(1);
        _scraped.Scrape();
        counter.Add(1);

        Assert.Contains("\nc_total 2\n", _scraped.Scrape(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(0.1, "0.1")]
    [InlineData(1e300, "1E+300")]
    public void Scrape_Number_ReadsBackExactly(double value, string expected)
    {
        _scraped.Meter.CreateObservableGauge("g", () => value);

        Assert.Contains($"\ng {expected}\n", _scraped.Scrape(), StringComparison.Ordinal);
    }

    [Fact]
    public void Scrape_Resource_IsTargetInfo()
    {
        Assert.StartsWith("# HELP target_info Where these metrics come from.\n# TYPE target_info gauge\ntarget_info{service_name=\"a "
            + "\\\"quoted\\\" name\"} 1\n", _scraped.Scrape(), StringComparison.Ordinal);
        Assert.Contains("# TYPE target info\n", _scraped.Scrape(openMetrics: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Scrape_OpenMetrics_NamesFamiliesWithoutTotalAndEndsInEof()
    {
        _scraped.Meter.CreateCounter<long>("c").Add(1);
        _scraped.Meter.CreateObservableCounter("nv_inference_count", () => 7L);
        Seconds().Record(0.7);

        string text = _scraped.Scrape(openMetrics: true);

        Assert.EndsWith("\n# EOF\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE c counter\nc_total 1\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE nv_inference_count unknown\nnv_inference_count 7\n", text, StringComparison.Ordinal);
        Assert.Contains("wait_seconds_bucket{le=\"1.0\"} 1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("# EOF", _scraped.Scrape(), StringComparison.Ordinal);
    }

    [Fact]
    public void Scrape_OpenMetrics_BucketCarriesTheTraceThatFellIntoIt()
    {
        using var listener = new RecordedSpans("exemplar-test");
        using var source = new ActivitySource("exemplar-test");
        Histogram<double> histogram = Seconds();
        string trace;
        using (Activity span = source.StartActivity("request")!)
        {
            trace = span.TraceId.ToHexString();
            histogram.Record(0.7);
        }

        Assert.Matches(
            $"wait_seconds_bucket\\{{le=\"1\\.0\"\\}} 1 # \\{{trace_id=\"{trace}\",span_id=\"[0-9a-f]{{16}}\"\\}} 0\\.7 [0-9.]+\n",
            _scraped.Scrape(openMetrics: true));
        Assert.DoesNotContain(trace, _scraped.Scrape(), StringComparison.Ordinal);
    }

    [Fact]
    public void Scrape_FromManyThreads_GivesEachAWholeExposition()
    {
        Counter<long> counter = _scraped.Meter.CreateCounter<long>("c");
        var texts = new string[200];
        Parallel.For(0, texts.Length, index =>
        {
            counter.Add(1);
            texts[index] = _scraped.Scrape(openMetrics: true);
        });

        Assert.All(texts, text =>
        {
            Assert.StartsWith("# HELP target ", text, StringComparison.Ordinal);
            Assert.Single(text.Split('\n'), line => line.StartsWith("c_total ", StringComparison.Ordinal));
            Assert.EndsWith("# EOF\n", text, StringComparison.Ordinal);
        });
        Assert.Contains("c_total 200", _scraped.Scrape(), StringComparison.Ordinal);
    }

    private Histogram<double> Seconds() =>
        _scraped.Meter.CreateHistogram(
            "wait", "s", "Waits.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
}
