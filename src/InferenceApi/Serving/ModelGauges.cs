using System.Diagnostics.Metrics;
using System.Text.Json;
using InferenceApi.Telemetry;

namespace InferenceApi.Serving;

/// <summary>Gauges of every installed model, read when they are collected.</summary>
internal sealed class ModelGauges
{
    // All gauges of one collection show the same moment, from one snapshot of the models.
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(100);

    private static readonly (ModelState State, string Name)[] States =
        [.. Enum.GetValues<ModelState>().Select(state => (state, JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString())))];

    // The SDK keeps the last value of a gauge: a model that left the store must be reported as 0.
    private readonly HashSet<(string Name, int Version)> _seen = [];
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Func<IReadOnlyList<ModelStatus>> _models;
    private List<(string Name, int Version, ModelStatus? Status)>? _last;
    private long _takenAt;

    /// <param name="metrics">Where the gauges are registered.</param>
    /// <param name="models">Every installed model; called from the collecting thread.</param>
    /// <param name="storeAge">Age of the last finished reading of the store.</param>
    /// <param name="time">Measures that age.</param>
    public ModelGauges(InferenceMetrics metrics, Func<IReadOnlyList<ModelStatus>> models, Func<TimeSpan> storeAge, TimeProvider time)
    {
        _models = models;
        _time = time;
        Meter meter = metrics.Meter;
        meter.CreateObservableGauge(
            "inference.queue.depth", () => PerModel(model => model.Waiting), "{image}", "Images waiting for a run.");
        meter.CreateObservableGauge(
            "inference.estimated_wait",
            () => PerModel(model => model.EstimatedWait.TotalSeconds),
            "s",
            "What admission would compare with the deadline of one more image.");
        meter.CreateObservableGauge(
            "inference.run.wait",
            () => PerModel(model => model.RunWait.TotalSeconds),
            "s",
            "Until all that waits for a run or is in one is answered.");
        meter.CreateObservableGauge(
            "inference.model.memory", () => PerModel(model => model.MemoryBytes), "By", "Memory that a loaded model is estimated to take.");
        meter.CreateObservableGauge("inference.instances", () => PerModel(model => model.Instances), "{instance}", "Instances open.");
        meter.CreateObservableGauge(
            "inference.store.age", () => storeAge().TotalSeconds, "s", "Age of the last finished reading of the store.");
        meter.CreateObservableGauge("inference.model.state", PerState, unit: null, "1 for the state a model is in, 0 for the others.");
        meter.CreateObservableGauge("nv_inference_pending_request_count", Pending, unit: null, "Images waiting for a run.");
    }

    private IEnumerable<Measurement<T>> PerModel<T>(Func<ModelStatus, T> value)
        where T : struct => Snapshot().GroupBy(
            model => model.Name,
            (name, versions) => new Measurement<T>(
                versions.Last().Status is { } status ? value(status) : default, new KeyValuePair<string, object?>("model", name)));

    private IEnumerable<Measurement<int>> Pending() =>
        Snapshot().Select(model => new Measurement<int>(model.Status?.Waiting ?? 0, InferenceMetrics.TagsOf(model.Name, model.Version)));

    private IEnumerable<Measurement<int>> PerState() =>
        from model in Snapshot()
        let tags = InferenceMetrics.TagsOf(model.Name, model.Version)
        from state in States
        select new Measurement<int>(model.Status?.State == state.State ? 1 : 0, [tags[0], new("state", state.Name), tags[1]]);

    /// <summary>Removed models without a status, then the installed ones.</summary>
    private List<(string Name, int Version, ModelStatus? Status)> Snapshot()
    {
        lock (_gate)
        {
            if (_last is not null && _time.GetElapsedTime(_takenAt) < Fresh) return _last;
            List<(string Name, int Version, ModelStatus? Status)> now =
                [.. _models().Select(model => (model.Name, model.Manifest?.Version ?? 0, (ModelStatus?)model))];
            HashSet<(string Name, int Version)> here = [.. now.Select(model => (model.Name, model.Version))];
            _last = [.. _seen.Except(here).Select(gone => (gone.Name, gone.Version, (ModelStatus?)null)), .. now];
            _takenAt = _time.GetTimestamp();
            _seen.UnionWith(here);
            return _last;
        }
    }
}
