using InferenceApi.Batching;
using InferenceApi.Runtime;
using InferenceApi.Telemetry;
using ModelStore;

namespace InferenceApi.Serving;

/// <summary>Verify, open, warm up: makes a <see cref="ServedModel"/> of an installed one.</summary>
public sealed class ModelLoader
{
    /// <summary>Nothing is measured yet, and a first run plans and allocates.</summary>
    private const int WarmUpPatience = 4;

    private readonly ModelOpener _open;
    private readonly ComputeSlots _slots;
    private readonly RuntimePlan _plan;
    private readonly ServingOptions _serving;
    private readonly InferenceMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger<ModelLoader> _logger;

    public ModelLoader(
        ModelOpener open,
        ComputeSlots slots,
        RuntimePlan plan,
        ServingOptions serving,
        InferenceMetrics metrics,
        TimeProvider clock,
        ILogger<ModelLoader> logger)
    {
        _open = open;
        _slots = slots;
        _plan = plan;
        _serving = serving;
        _metrics = metrics;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>Bytes that loading this model would take.</summary>
    internal long Estimate(ModelManifest manifest) => OpenedModel.EstimateMemory(manifest, _plan);

    /// <summary>Reads and verifies everything of a version. Blocks for as long as the store does: call it on a thread that may.</summary>
    /// <exception cref="ModelStoreException">A file is missing, differs from its manifest, or is no such file.</exception>
    internal static (InstalledModel Installed, LabelSet Labels) Read(StoreFolder store, string name, int version)
    {
        InstalledModel installed = store.Open(name, version);
        ModelFileVerifier.Verify(installed);
        LabelSet labels = LabelSet.Load(installed.LabelsPath);
        if (labels.Count == installed.Manifest.Classes) return (installed, labels);
        string wrong = $"{installed.LabelsPath}: has {labels.Count} labels; the model has {installed.Manifest.Classes} classes.";
        throw new ModelStoreException(wrong) { Fault = StoreFault.Labels };
    }

    /// <summary>Opens and warms up what was verified. Blocks for as long as it takes: call it on a thread that may.</summary>
    /// <param name="installed">What to load.</param>
    /// <param name="labels">Of its classes.</param>
    /// <param name="announce">Called with each state that begins.</param>
    /// <param name="cancellation">Checked between the steps.</param>
    /// <exception cref="ModelStoreException">It is not the network that its manifest describes.</exception>
    internal ServedModel Load(InstalledModel installed, LabelSet labels, Action<ModelState> announce, CancellationToken cancellation)
    {
        announce(ModelState.Loading);
        cancellation.ThrowIfCancellationRequested();
        ModelManifest manifest = installed.Manifest;
        OpenedModel opened = _open(installed);
        // On a GPU a first run may build an engine for minutes.
        OpenedModel warmedUp = _plan.OnGpu ? opened : WatchedInstance.Watch(opened, WarmUpPatience * _plan.RunTimeout);
        try
        {
            announce(ModelState.WarmingUp);
            RunTimeModel runTimes = RunTimeModel.Measure(warmedUp, _slots, _clock, _serving.WarmUpBudget, cancellation);
            var queue = new ImageQueue(_serving.QueueCapacityFor(runTimes.LargestUsefulBatch), opened.RowLength, _clock);
            BatchWorker[] workers = BatchWorker.ForAll(
                manifest, opened, () => _open(installed), runTimes, queue, _slots, _metrics, _clock, _logger, _plan.RunTimeout);
            NativeHeaps.ReturnFreeMemory();
            return new ServedModel(installed, labels, opened, workers, queue, runTimes, _slots, _clock, Estimate(manifest));
        }
        catch
        {
            warmedUp.Dispose();
            throw;
        }
    }
}
