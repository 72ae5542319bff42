using InferenceApi.Runtime.GraphCache;
using Microsoft.ML.OnnxRuntime;
using ModelStore;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace InferenceApi.Runtime.Cpu;

/// <summary>
/// A network opened in one of ONNX Runtime's sessions, which every <see cref="NetworkInstance"/> made from it runs. It closes with the last
/// of them. Where several are opened of one model, they share the weights of an <see cref="OptimizedGraph"/>.
/// </summary>
public sealed partial class OpenedNetwork
{
    private readonly InferenceSession _session;
    private readonly Action _close;
    private int _users;

    private OpenedNetwork(InferenceSession session, Action close, InstalledModel model)
    {
        _session = session;
        _close = close;
        try
        {
            (InputName, OutputName) = NetworkContract.Of(session, model);
        }
        catch
        {
            close();
            throw;
        }

        Classes = model.Manifest.Classes;
        Crop = model.Manifest.Preprocessing.Crop;
    }

    /// <summary>Floats in one row of logits.</summary>
    public int Classes { get; }

    /// <summary>Height and width of the input in pixels.</summary>
    public int Crop { get; }

    internal string InputName { get; }

    internal string OutputName { get; }

    /// <summary>
    /// Opens an installed and verified model on the CPU. Its instances share the weights: as many alike as the plan says, or where it
    /// adapts one for each core and one that runs on all of them.
    /// </summary>
    /// <param name="model">What to open.</param>
    /// <param name="plan">For the CPU.</param>
    /// <param name="logger">Receives the reason where weights are not shared.</param>
    /// <exception cref="ModelStoreException">The file is no network, or not the one that its manifest describes.</exception>
    internal static OpenedModel Open(InstalledModel model, RuntimePlan plan, ILogger logger)
    {
        try
        {
            using OptimizedGraph? graph = OpenGraph(model, plan, logger);
            if (graph is not null && TryOpenShared(graph, model, plan, logger) is { } opened) return opened;
            if (plan.IsAdaptive) Log.OnAllCoresOnly(logger, model.Manifest.Name);
            return new(ExecutionProvider.Cpu, OpenAlone(model, plan));
        }
        catch (OnnxRuntimeException failure)
        {
            throw new ModelStoreException(
                $"{model.ModelPath}: ONNX Runtime cannot open it: {failure.Message}", failure)
            { Fault = StoreFault.Network };
        }
    }

    internal void Run(RunOptions options, OrtIoBinding binding) => _session.RunWithBinding(options, binding);

    internal OrtIoBinding CreateBinding() => _session.CreateIoBinding();

    internal void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0) _close();
    }

    private static OptimizedGraph? OpenGraph(InstalledModel model, RuntimePlan plan, ILogger logger)
    {
        if (plan.OptimizedGraphCache is { } folder) return new OptimizedGraphCache(folder, logger).Open(model, plan);
        return plan.IsAdaptive ? OptimizedGraphCache.OpenTemporary(model, plan, logger) : null;
    }

    /// <summary>As exported, where its optimised graph cannot be kept: a second native session would cost the weights again.</summary>
    private static List<IModelInstance> OpenAlone(InstalledModel model, RuntimePlan plan)
    {
        using SessionOptions settings = SessionSettings.Create(plan);
        var session = new InferenceSession(model.ModelPath, settings);
        var network = new OpenedNetwork(session, session.Dispose, model);
        return plan.IsAdaptive
            ? network.CreateInstances(1, plan.MaxBatch, slots: plan.ComputeSlots)
            : network.CreateInstances(plan.Instances, plan.MaxBatch, slots: 1);
    }

    private static OpenedModel? TryOpenShared(OptimizedGraph graph, InstalledModel model, RuntimePlan plan, ILogger logger)
    {
        try
        {
            return OpenShared(graph, model, plan);
        }
        catch (OnnxRuntimeException failure)
        {
            // If the model itself is defective, opening it as exported reports that.
            Log.GraphRefused(logger, graph.Folder, failure.Message);
            OptimizedGraphCache.Discard(graph);
            return null;
        }
    }

    private static OpenedModel OpenShared(OptimizedGraph graph, InstalledModel model, RuntimePlan plan)
    {
        OpenedNetwork OpenOn(int threads)
        {
            InferenceSession session = graph.OpenSession(plan with { Threads = threads });
            return new OpenedNetwork(session, () => graph.Leave(session), model);
        }

        if (!plan.IsAdaptive)
            return new(ExecutionProvider.Cpu, OpenOn(plan.Threads).CreateInstances(plan.Instances, plan.MaxBatch, slots: 1));
        IModelInstance allCores = OpenOn(plan.Threads).CreateInstances(1, plan.MaxBatchOnAllCores, slots: plan.ComputeSlots)[0];
        try
        {
            return new(ExecutionProvider.Cpu, OpenOn(1).CreateInstances(plan.Instances, maxBatch: 1, slots: 1), allCores);
        }
        catch
        {
            allCores.Dispose();
            throw;
        }
    }

    private List<IModelInstance> CreateInstances(int count, int maxBatch, int slots)
    {
        // Held while the instances are made, so that a failure half-way closes everything through the same count.
        Interlocked.Increment(ref _users);
        var instances = new List<IModelInstance>(count);
        try
        {
            for (int i = 0; i < count; i++)
            {
                instances.Add(new NetworkInstance(this, maxBatch, slots));
                Interlocked.Increment(ref _users);
            }

            return instances;
        }
        catch
        {
            foreach (IModelInstance instance in instances) instance.Dispose();
            throw;
        }
        finally
        {
            Leave();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4015, LogLevel.Warning, "ONNX Runtime does not open the optimised graph {Entry} ({Reason}); it is removed.")]
        public static partial void GraphRefused(ILogger logger, string entry, string reason);

        [LoggerMessage(
            4016, LogLevel.Warning, "{Model} runs on all cores only, also under backlog, because its optimised graph could not be kept.")]
        public static partial void OnAllCoresOnly(ILogger logger, string model);
    }
}
