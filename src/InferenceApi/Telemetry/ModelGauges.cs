using System.Diagnostics.Metrics;
using System.Globalization;

namespace InferenceApi.Telemetry;

/// <summary>Gauges read from the served models when they are collected.</summary>
internal sealed class ModelGauges
{
    // All gauges of one collection tell of the same moment, and the store is read once for them.
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(100);

    // A gauge keeps its last value in the SDK until it is told another: what has left the store must be told as 0.
    private readonly HashSet<(string, int)> _seen = [];
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private List<ModelSnapshot>? _last;
    private long _takenAt;
    private Func<IEnumerable<ModelSnapshot>> _models = () => [];
    private Func<int> _preparationPending = () => 0;

    public ModelGauges(Meter meter, TimeProvider time)
    {
        _time = time;
        meter.CreateObservableGauge("inference.queue.depth", () => PerModel(model => model.Waiting), "{image}", "Images waiting for a run.");
        meter.CreateObservableGauge("inference.estimated_wait", () => PerModel(model => model.EstimatedWait.TotalSeconds), "s", "When one more image would be answered, by the measured runTimes.");
        meter.CreateObservableGauge("inference.model.memory", () => PerModel(model => model.MemoryBytes), "By", "Memory that a loaded model is reckoned to take.");
        meter.CreateObservableGauge("inference.instances", () => PerModel(model => model.Instances), "{instance}", "Instances open.");
        meter.CreateObservableGauge("inference.preparation.pending", () => _preparationPending(), "{image}", "Images being decoded or waiting for it.");
        meter.CreateObservableGauge("inference.model.state", States, unit: null, "1 for the state a model is in, 0 for the others.");
        meter.CreateObservableGauge("nv_inference_pending_request_count", Pending, unit: null, "Images waiting for a run.");
    }

    public void Observe(Func<IEnumerable<ModelSnapshot>> models, Func<int> preparationPending)
    {
        _preparationPending = preparationPending;
        _models = models;
    }

    internal static KeyValuePair<string, object?>[] TagsOf(string model, int version) =>
        [new("model", model), new("version", version.ToString(CultureInfo.InvariantCulture))];

    private IEnumerable<Measurement<T>> PerModel<T>(Func<ModelSnapshot, T> value) where T : struct => Snapshot()
        .GroupBy(model => model.Name, (name, versions) => new Measurement<T>(value(versions.Last()), new KeyValuePair<string, object?>("model", name)));

    private IEnumerable<Measurement<int>> Pending() =>
        Snapshot().Select(model => new Measurement<int>(model.Waiting, TagsOf(model.Name, model.Version)));

    private IEnumerable<Measurement<int>> States() =>
        from model in Snapshot()
        from state in InferenceMetrics.ModelStates
        select new Measurement<int>(model.State == state ? 1 : 0, [new("model", model.Name), new("state", state), TagsOf(model.Name, model.Version)[1]]);

    /// <summary>What was seen earlier and is gone, as zeros; then what is there.</summary>
    private List<ModelSnapshot> Snapshot()
    {
        lock (_gate)
        {
            if (_last is not null && _time.GetElapsedTime(_takenAt) < Fresh) return _last;
            List<ModelSnapshot> now = [.. _models()];
            var gone = _seen.Except(now.Select(model => (model.Name, model.Version)))
                .Select(left => new ModelSnapshot(left.Item1, left.Item2, "", 0, TimeSpan.Zero, 0, 0));
            _last = [.. gone, .. now];
            _takenAt = _time.GetTimestamp();
            foreach (ModelSnapshot model in now) _seen.Add((model.Name, model.Version));
            return _last;
        }
    }
}
