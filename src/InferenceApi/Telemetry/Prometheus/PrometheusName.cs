using OpenTelemetry.Metrics;

namespace InferenceApi.Telemetry.Prometheus;

/// <summary>
/// What an instrument is called and declared as in a Prometheus exposition, by the OpenTelemetry specification's rules: other characters
/// become underscores, the unit is appended, and a monotonic sum ends in _total.
/// </summary>
/// <param name="Sample">Name on the lines.</param>
/// <param name="Family">Name in the OpenMetrics declarations, which leave out a counter's _total.</param>
/// <param name="Type">counter, gauge, histogram or untyped.</param>
internal sealed record PrometheusName(string Sample, string Family, string Type)
{
    // Names that other programs expect; the specification's suffixes would change them.
    private const string VerbatimPrefix = "nv_";

    public static PrometheusName Of(Metric metric) => Of(metric.Name, metric.Unit, metric.MetricType);

    internal static PrometheusName Of(string instrument, string unit, MetricType type)
    {
        string name = Sanitize(instrument);
        // A counter must be called _total, and these are not.
        if (name.StartsWith(VerbatimPrefix, StringComparison.Ordinal)) return new PrometheusName(name, name, "untyped");

        string suffix = UnitSuffix(unit, type);
        if (suffix.Length > 0 && !name.EndsWith("_" + suffix, StringComparison.Ordinal)) name += "_" + suffix;
        switch (type)
        {
            case MetricType.LongSum or MetricType.DoubleSum:
                string family = name.EndsWith("_total", StringComparison.Ordinal) ? name[..^"_total".Length] : name;
                return new PrometheusName(family + "_total", family, "counter");
            case MetricType.Histogram:
                return new PrometheusName(name, name, "histogram");
            default:
                // _count is reserved for histograms, and .NET has gauges that are called so.
                return new PrometheusName(name, name, name.EndsWith("_count", StringComparison.Ordinal) ? "untyped" : "gauge");
        }
    }

    /// <summary>A name of letters, digits and underscores that does not begin with a digit.</summary>
    internal static string Sanitize(string name) => string.Create(
        name.Length + (name.Length > 0 && char.IsAsciiDigit(name[0]) ? 1 : 0),
        name,
        static (letters, name) =>
        {
            int at = letters.Length - name.Length;
            letters[0] = '_';
            foreach (char letter in name) letters[at++] = char.IsAsciiLetterOrDigit(letter) ? letter : '_';
        });

    private static string UnitSuffix(string unit, MetricType type) => unit switch
    {
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "min" => "minutes",
        "h" => "hours",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "Hz" => "hertz",
        "W" => "watts",
        "Cel" => "celsius",
        "%" => "percent",
        "1" => type is MetricType.LongGauge or MetricType.DoubleGauge ? "ratio" : "",
        // An annotation such as {image} says what is counted; it is no unit.
        _ => unit.Length == 0 || unit[0] == '{' ? "" : Sanitize(unit.Replace("/", "_per_", StringComparison.Ordinal)),
    };
}
