using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace InferenceApi.Telemetry.Prometheus;

/// <summary>Metrics as Prometheus reads them: text format 0.0.4, or OpenMetrics 1.0 with exemplars.</summary>
internal sealed class PrometheusExposition
{
    private readonly PrometheusText _text = new();
    private readonly Dictionary<(string, string), PrometheusName> _names = [];
    private readonly Dictionary<string, string> _labels = [];

    /// <summary>Content type of <see cref="Write"/>.</summary>
    public static string ContentType(bool openMetrics) =>
        openMetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>All metrics of one collection; the bytes are valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(in Batch<Metric> metrics, Resource resource, bool openMetrics)
    {
        _text.Clear();
        Target(resource, openMetrics);
        foreach (Metric metric in metrics) Family(metric, openMetrics);
        if (openMetrics) _text.Raw("# EOF\n"u8);
        return _text.Written;
    }

    private void Target(Resource resource, bool openMetrics)
    {
        if (openMetrics) Declare("target", "info", "Where these metrics come from.", openMetrics);
        else Declare("target_info", "gauge", "Where these metrics come from.", openMetrics);
        _text.Raw("target_info"u8);
        bool any = false;
        foreach ((string key, object value) in resource.Attributes) _text.Label(LabelName(key), PrometheusText.ValueOf(value), ref any);
        _text.Raw(any ? "} 1\n"u8 : " 1\n"u8);
    }

    private void Family(Metric metric, bool openMetrics)
    {
        if (metric.MetricType is MetricType.ExponentialHistogram) return; // has no form in either format
        if (!_names.TryGetValue((metric.MeterName, metric.Name), out PrometheusName? name))
            _names.Add((metric.MeterName, metric.Name), name = PrometheusName.Of(metric));

        bool declared = false;
        foreach (ref readonly MetricPoint point in metric.GetMetricPoints())
        {
            if (!declared)
            {
                string type = openMetrics && name.Type == "untyped" ? "unknown" : name.Type;
                Declare(openMetrics ? name.Family : name.Sample, type, metric.Description, openMetrics);
                declared = true;
            }

            if (metric.MetricType is MetricType.Histogram) Histogram(name.Sample, point, openMetrics);
            else Number(name.Sample, metric.MetricType, point);
        }
    }

    private void Declare(string family, string type, string help, bool openMetrics)
    {
        if (help.Length > 0)
        {
            _text.Raw("# HELP "u8).Text(family).Raw(" "u8);
            // In 0.0.4 a quote in a help text is an ordinary character.
            if (openMetrics) _text.Escaped(help);
            else _text.Text(help.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal));
            _text.Raw("\n"u8);
        }

        _text.Raw("# TYPE "u8).Text(family).Raw(" "u8).Text(type).Raw("\n"u8);
    }

    private void Number(string name, MetricType type, in MetricPoint point)
    {
        _text.Text(name);
        Close(Labels(point));
        switch (type)
        {
            case MetricType.LongSum or MetricType.LongSumNonMonotonic: _text.Number(point.GetSumLong()); break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic: _text.Number(point.GetSumDouble()); break;
            case MetricType.LongGauge: _text.Number(point.GetGaugeLastValueLong()); break;
            default: _text.Number(point.GetGaugeLastValueDouble()); break;
        }

        _text.Raw("\n"u8);
    }

    private void Histogram(string name, in MetricPoint point, bool openMetrics)
    {
        ReadOnlyExemplarCollection exemplars = default;
        bool hasExemplars = openMetrics && point.TryGetExemplars(out exemplars);
        double below = double.NegativeInfinity;
        long cumulative = 0;
        foreach (HistogramBucket bucket in point.GetHistogramBuckets())
        {
            cumulative += bucket.BucketCount;
            _text.Text(name).Raw("_bucket"u8);
            bool any = Labels(point);
            _text.Raw(any ? ",le=\""u8 : "{le=\""u8).Number(bucket.ExplicitBound);
            // OpenMetrics wants one spelling of every bound: 1.0, not 1.
            if (openMetrics && double.IsInteger(bucket.ExplicitBound)) _text.Raw(".0"u8);
            _text.Raw("\"} "u8).Number(cumulative);
            if (hasExemplars) Exemplar(exemplars, below, bucket.ExplicitBound);
            _text.Raw("\n"u8);
            below = bucket.ExplicitBound;
        }

        _text.Text(name).Raw("_sum"u8);
        Close(Labels(point));
        _text.Number(point.GetHistogramSum()).Raw("\n"u8).Text(name).Raw("_count"u8);
        Close(Labels(point));
        // The buckets and the count are snapshots of different moments; a scraper expects them to agree.
        _text.Number(cumulative).Raw("\n"u8);
    }

    private void Exemplar(in ReadOnlyExemplarCollection exemplars, double below, double bound)
    {
        foreach (ref readonly Exemplar exemplar in exemplars)
        {
            if (exemplar.TraceId == default || exemplar.DoubleValue <= below || exemplar.DoubleValue > bound) continue;
            _text.Raw(" # {trace_id=\""u8).Text(exemplar.TraceId.ToHexString()).Raw("\",span_id=\""u8).Text(exemplar.SpanId.ToHexString());
            _text.Raw("\"} "u8).Number(exemplar.DoubleValue).Raw(" "u8).Number(exemplar.Timestamp.ToUnixTimeMilliseconds() / 1000.0);
            return;
        }
    }

    private bool Labels(in MetricPoint point)
    {
        bool any = false;
        foreach ((string key, object? value) in point.Tags) _text.Label(LabelName(key), PrometheusText.ValueOf(value), ref any);
        return any;
    }

    private void Close(bool any) => _text.Raw(any ? "} "u8 : " "u8);

    private string LabelName(string key)
    {
        if (!_labels.TryGetValue(key, out string? name)) _labels.Add(key, name = PrometheusName.Sanitize(key));
        return name;
    }
}
