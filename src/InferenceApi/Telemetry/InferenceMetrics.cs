using System.Diagnostics.Metrics;

namespace InferenceApi.Telemetry;

/// <summary>
/// What the service counts and times. Every method may be called from any thread, allocates nothing once its labels have been seen, and
/// never throws for a name or status it does not know. docs/telemetry.md lists the instruments under their Prometheus names.
/// </summary>
public sealed class InferenceMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "InferenceService";

    // Seconds: from a fraction of a softmax to the longest request timeout in common use.
    private static readonly double[] SecondsBuckets =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private static readonly double[] BatchBuckets = [1, 2, 4, 8, 16, 32, 64, 128];

    private static readonly KeyValuePair<string, object?> Decode = new("stage", "decode");
    private static readonly KeyValuePair<string, object?> Prepare = new("stage", "prepare");
    private static readonly KeyValuePair<string, object?> Queue = new("stage", "queue");
    private static readonly KeyValuePair<string, object?> Run = new("stage", "run");
    private static readonly KeyValuePair<string, object?> Rank = new("stage", "rank");
    private static readonly KeyValuePair<string, object?> LoadOk = new("outcome", "ok");
    private static readonly KeyValuePair<string, object?> LoadFailed = new("outcome", "failed");

    // In the order of the enum.
    private static readonly KeyValuePair<string, object?>[] Outcomes =
        [.. new[] { "ok", "bad_image", "refused", "expired", "cancelled", "failed" }.Select(name => new KeyValuePair<string, object?>("outcome", name))];

    private static readonly KeyValuePair<string, object?>[] Statuses =
        [.. Enumerable.Range(0, 600).Select(status => new KeyValuePair<string, object?>("status", status.ToString("000", System.Globalization.CultureInfo.InvariantCulture)))];

    private readonly ModelLabels _labels = new();
    private readonly TritonCounters _triton;
    private readonly ModelGauges _gauges;
    private readonly Histogram<double> _stages;
    private readonly Histogram<double> _requests;
    private readonly Histogram<int> _batches;
    private readonly Counter<long> _images;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _loads;

    public InferenceMetrics(IMeterFactory meters, TimeProvider time)
    {
        Meter meter = meters.Create(MeterName);
        _stages = Seconds("inference.stage.duration", "Time one image spent in a stage.");
        _requests = Seconds("inference.request.duration", "Time from the first byte of a classify request to its answer.");
        _batches = meter.CreateHistogram(
            "inference.batch.size", "{image}", "Images in one run.", advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [.. BatchBuckets.Select(size => (int)size)] });
        _images = meter.CreateCounter<long>("inference.images", "{image}", "Images by what became of them.");
        _refusals = meter.CreateCounter<long>("inference.refusals", "{request}", "Classify requests answered with an error, by its kind.");
        _loads = meter.CreateCounter<long>("inference.model.loads", "{load}", "Attempts to load a model.");
        _triton = new TritonCounters(meter);
        _gauges = new ModelGauges(meter, time);

        Histogram<double> Seconds(string name, string description) => meter.CreateHistogram(
            name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = SecondsBuckets });
    }

    /// <summary>The values of the state label.</summary>
    public static IReadOnlyList<string> ModelStates { get; } = ["unloaded", "loading", "warming_up", "ready", "draining", "failed"];

    /// <summary>Says where the gauges read from; called once, at start-up.</summary>
    /// <param name="models">Every installed model; called from the collecting thread, once per collection.</param>
    /// <param name="preparationPending">Images being decoded or waiting for it.</param>
    public void Observe(Func<IEnumerable<ModelSnapshot>> models, Func<int> preparationPending) => _gauges.Observe(models, preparationPending);

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
        _stages.Record(timings.Decode / 1000, label, Decode);
        _stages.Record(timings.Prepare / 1000, label, Prepare);
        _stages.Record(timings.Queue / 1000, label, Queue);
        _stages.Record(timings.Run / 1000, label, Run);
        _stages.Record(timings.Rank / 1000, label, Rank);
        _images.Add(1, label, Outcomes[(int)ImageOutcome.Ok]);
    }

    /// <summary>Images that got no answer.</summary>
    /// <param name="model">As the client wrote it.</param>
    /// <param name="outcome">Why.</param>
    /// <param name="images">How many.</param>
    public void ImagesFailed(string? model, ImageOutcome outcome, int images = 1) => _images.Add(images, _labels.Of(model), Outcomes[(int)outcome]);

    /// <summary>A run ended.</summary>
    public void RunFinished(string model, int version, int rows, bool failed)
    {
        _batches.Record(rows, _labels.Of(model));
        if (!failed) _triton.Of(model, version)?.RunFinished(rows);
    }

    /// <summary>A classify request was answered with an error.</summary>
    /// <param name="model">As the client wrote it.</param>
    /// <param name="reason">One of a fixed set of words; a literal, so that it costs nothing.</param>
    public void Refused(string? model, string reason) => _refusals.Add(1, _labels.Of(model), new KeyValuePair<string, object?>("reason", reason));

    /// <summary>A classify request was answered, or its client left.</summary>
    /// <param name="model">As the client wrote it.</param>
    /// <param name="version">Of the model that answered; 0 where the request did not get so far.</param>
    /// <param name="status">HTTP status; 499 where the client left.</param>
    /// <param name="duration">From the first byte to the answer.</param>
    /// <param name="timings">The longest of each stage.</param>
    public void RequestFinished(string? model, int version, int status, TimeSpan duration, in StageTimings timings)
    {
        _requests.Record(duration.TotalSeconds, _labels.Of(model), Statuses[(uint)status < Statuses.Length ? status : 0]);
        if (model is not null) _triton.Of(model, version)?.RequestFinished(status < 400, duration, timings);
    }
}
