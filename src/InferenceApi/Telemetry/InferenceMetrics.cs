using System.Diagnostics.Metrics;

namespace InferenceApi.Telemetry;

/// <summary>
/// The counters and timers of the service. Every method may be called from any thread, allocates nothing once its labels have been seen,
/// and never throws for a name or status it does not know. docs/telemetry.md lists the instruments under their Prometheus names.
/// </summary>
public sealed class InferenceMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "InferenceService";

    // Seconds: from a fraction of a softmax to the longest request timeout in common use.
    private static readonly double[] SecondsBuckets =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private static readonly double[] BatchBuckets = [1, 2, 4, 8, 16, 32, 64, 128];

    private static readonly KeyValuePair<string, object?> Read = new("stage", "read");
    private static readonly KeyValuePair<string, object?> Admit = new("stage", "admit");
    private static readonly KeyValuePair<string, object?> Slot = new("stage", "slot");
    private static readonly KeyValuePair<string, object?> Decode = new("stage", "decode");
    private static readonly KeyValuePair<string, object?> Prepare = new("stage", "prepare");
    private static readonly KeyValuePair<string, object?> Queue = new("stage", "queue");
    private static readonly KeyValuePair<string, object?> Run = new("stage", "run");
    private static readonly KeyValuePair<string, object?> Rank = new("stage", "rank");
    private static readonly KeyValuePair<string, object?> Write = new("stage", "write");
    private static readonly KeyValuePair<string, object?> LoadOk = new("outcome", "ok");
    private static readonly KeyValuePair<string, object?> LoadFailed = new("outcome", "failed");

    // In the order of the enum.
    private static readonly KeyValuePair<string, object?>[] Outcomes =
        [.. new[] { "ok", "bad_image", "refused", "expired", "cancelled", "failed" }.Select(
            name => new KeyValuePair<string, object?>("outcome", name))];

    private static readonly KeyValuePair<string, object?>[] Statuses =
        [.. Enumerable.Range(0, 600).Select(status => new KeyValuePair<string,
            object?>("status", status.ToString("000", System.Globalization.CultureInfo.InvariantCulture)))];

    private readonly ModelLabels _labels = new();
    private readonly TritonCounters _triton;
    private readonly Histogram<double> _stages;
    private readonly Histogram<double> _requests;
    private readonly Histogram<int> _batches;
    private readonly Counter<long> _images;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _loads;

    public InferenceMetrics(IMeterFactory meters)
    {
        Meter meter = Meter = meters.Create(MeterName);
        _stages = Seconds("inference.stage.duration", "Time one image spent in a stage.");
        _requests = Seconds("inference.request.duration", "Time from the first byte of a classify request to its answer.");
        _batches = meter.CreateHistogram(
            "inference.batch.size", "{image}", "Images in one run.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [.. BatchBuckets.Select(size => (int)size)] });
        _images = meter.CreateCounter<long>("inference.images", "{image}", "Images by what became of them.");
        _refusals = meter.CreateCounter<long>("inference.refusals", "{request}", "Classify requests answered with an error, by its kind.");
        _loads = meter.CreateCounter<long>("inference.model.loads", "{load}", "Attempts to load a model.");
        _triton = new TritonCounters(meter);

        Histogram<double> Seconds(string name, string description) => meter.CreateHistogram(
            name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = SecondsBuckets });
    }

    /// <summary>The meter on which the owners of state register their gauges.</summary>
    public Meter Meter { get; }

    /// <summary>The labels of a series of one version.</summary>
    public static KeyValuePair<string, object?>[] TagsOf(string model, int version) =>
        [new("model", model), new("version", version.ToString(System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>A load of an installed model ended. From here on its name is a label value.</summary>
    public void ModelLoaded(string model, int version, bool succeeded)
    {
        _labels.Admit(model);
        if (succeeded) _triton.Add(model, version);
        _loads.Add(1, _labels.Of(model), succeeded ? LoadOk : LoadFailed);
    }

    /// <summary>One image was answered.</summary>
    public void ImageAnswered(string model, in StageTimings timings)
    {
        KeyValuePair<string, object?> label = _labels.Of(model);
        _stages.Record(timings.Slot.TotalSeconds, label, Slot);
        _stages.Record(timings.Decode.TotalSeconds, label, Decode);
        _stages.Record(timings.Prepare.TotalSeconds, label, Prepare);
        _stages.Record(timings.Queue.TotalSeconds, label, Queue);
        _stages.Record(timings.Run.TotalSeconds, label, Run);
        _stages.Record(timings.Rank.TotalSeconds, label, Rank);
        _images.Add(1, label, Outcomes[(int)ImageOutcome.Ok]);
    }

    /// <summary>Images that got no answer.</summary>
    /// <param name="model">As the client wrote it.</param>
    /// <param name="outcome">Why.</param>
    /// <param name="images">How many.</param>
    public void ImagesFailed(string? model, ImageOutcome outcome, int images = 1) =>
        _images.Add(images, _labels.Of(model), Outcomes[(int)outcome]);

    /// <summary>A run ended.</summary>
    public void RunFinished(string model, int version, int rows, bool failed)
    {
        _batches.Record(rows, _labels.Of(model));
        if (!failed) _triton.Of(model, version)?.RunFinished(rows);
    }

    /// <summary>A classify request was answered, or its client left.</summary>
    /// <param name="record">What is known of it.</param>
    /// <param name="status">HTTP status; 499 where the client left.</param>
    /// <param name="duration">From the first byte to the answer.</param>
    /// <param name="write">From the end of the walk to the last byte of the answer; zero where the walk failed.</param>
    public void RequestFinished(RequestRecord record, int status, TimeSpan duration, TimeSpan write)
    {
        KeyValuePair<string, object?> label = _labels.Of(record.Model);
        _requests.Record(duration.TotalSeconds, label, Statuses[(uint)status < Statuses.Length ? status : 0]);
        _stages.Record(record.Timings.Read.TotalSeconds, label, Read);
        _stages.Record(record.Timings.Admit.TotalSeconds, label, Admit);
        _stages.Record(write.TotalSeconds, label, Write);
        if (record.Problem is { } problem) _refusals.Add(1, label, new KeyValuePair<string, object?>("reason", problem));
        _triton.Of(record.Model, record.Version)?.RequestFinished(status < 400, duration, record.Timings);
    }
}
