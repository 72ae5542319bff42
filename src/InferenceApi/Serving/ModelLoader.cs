using InferenceApi.Batching;
using InferenceApi.Runtime;
using ModelStore;

namespace InferenceApi.Serving;

/// <summary>Verify, open, warm up: makes a <see cref="ServedModel"/> of an installed one.</summary>
public sealed class ModelLoader
{
    private readonly SessionOpener _open;
    private readonly ComputeSlots _slots;
    private readonly RuntimeOptions _runtime;
    private readonly ServingOptions _serving;
    private readonly TimeProvider _clock;
    private readonly ILogger<ModelLoader> _logger;

    public ModelLoader(
        SessionOpener open, ComputeSlots slots, RuntimeOptions runtime, ServingOptions serving, TimeProvider clock, ILogger<ModelLoader> logger)
    {
        _open = open;
        _slots = slots;
        _runtime = runtime;
        _serving = serving;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>What loading this model would take.</summary>
    internal long Estimate(ModelManifest manifest) => MemoryEstimate.Of(manifest, _runtime);

    /// <summary>Blocks for as long as it takes: call it on a thread that may.</summary>
    /// <param name="installed">What to load.</param>
    /// <param name="announce">Told of each state that begins.</param>
    /// <param name="observer">Told of each run.</param>
    /// <param name="cancellation">Looked at between the steps.</param>
    /// <exception cref="ModelStoreException">A file is missing, differs from its manifest, or is no such model.</exception>
    internal ServedModel Load(
        InstalledModel installed, Action<ModelState> announce, Action<BatchRun> observer, CancellationToken cancellation)
    {
        announce(ModelState.Loading);
        ModelFileVerifier.Verify(installed);
        ModelManifest manifest = installed.Manifest;
        LabelSet labels = LabelSet.Load(installed.LabelsPath);
        if (labels.Count != manifest.Classes)
            throw new ModelStoreException($"{installed.LabelsPath}: has {labels.Count} labels; the model has {manifest.Classes} classes.");
        cancellation.ThrowIfCancellationRequested();

        IReadOnlyList<IModelSession> sessions = _open(installed);
        try
        {
            announce(ModelState.WarmingUp);
            (ModelPace pace, Func<ImageQueue, BatchWorker[]> createWorkers) = Measure(manifest.Name, sessions, observer, cancellation);
            var queue = new ImageQueue(_serving.QueueCapacityFor(pace.LargestUsefulBatch), sessions[0].RowLength, _clock);
            NativeEnvironment.ReturnFreeMemory();
            return new ServedModel(installed, labels, sessions, createWorkers(queue), queue, pace, _slots, _clock, Estimate(manifest))
            {
                Provider = _runtime.For(_runtime.OnGpu ? _runtime.Provider : ExecutionProvider.Cpu).Provider,
            };
        }
        catch
        {
            foreach (IModelSession session in sessions) session.Dispose();
            throw;
        }
    }

    /// <summary>Warms the sessions up, and says who will use them: where one runs on all cores and others on one, every worker uses both.</summary>
    private (ModelPace Pace, Func<ImageQueue, BatchWorker[]> CreateWorkers) Measure(
        string model, IReadOnlyList<IModelSession> sessions, Action<BatchRun> observer, CancellationToken cancellation)
    {
        BatchWorker Create(MeasuredSession own, ImageQueue queue, MeasuredSession? allCores = null) =>
            new(model, own, queue, _slots, _clock, observer, _logger, allCores);

        List<IModelSession> alike = [.. sessions.Where(session => session.Slots == sessions[0].Slots)];
        List<IModelSession> oneCore = [.. sessions.Except(alike)];
        BatchLatencyCurve curve = WarmUp.Measure(alike, _slots, _clock, _serving.WarmUpBudget, cancellation);
        if (oneCore.Count == 0)
        {
            int atOnce = Math.Min(alike.Count, Math.Max(1, _slots.Count / alike[0].Slots));
            return (new ModelPace(curve, atOnce), queue => [.. alike.Select(session => Create(new(session, curve), queue))]);
        }

        BatchLatencyCurve coreCurve = WarmUp.MeasureTogether(oneCore, _slots, _clock, _serving.WarmUpBudget, cancellation);
        var allCores = new MeasuredSession(alike[0], curve);
        return (new ModelPace(curve, coreCurve, oneCore.Count), queue => [.. oneCore.Select(session => Create(new(session, coreCurve), queue, allCores))]);
    }
}
