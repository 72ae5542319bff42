using Microsoft.ML.OnnxRuntime;
using ModelStore;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace InferenceApi.Runtime;

/// <summary>
/// A network opened in one of ONNX Runtime's sessions, which every <see cref="OnnxModelSession"/> made from it runs. It closes with the last
/// of them. Where several are opened of one model, they share the weights of an <see cref="OptimizedGraph"/>.
/// </summary>
public sealed partial class OnnxModel
{
    private readonly InferenceSession _session;
    private readonly Action _close;
    private int _users;

    private OnnxModel(InferenceSession session, Action close, InstalledModel model)
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
    /// Opens an installed and verified model and gives its sessions. On the CPU they share its weights: <see cref="RuntimeOptions.Sessions"/>
    /// alike, or where that is left to the service one that runs on all cores, and one for each core that runs on that one. On GPUs there
    /// are <see cref="RuntimeOptions.Sessions"/> on each.
    /// </summary>
    /// <param name="model">What to open.</param>
    /// <param name="options">As <see cref="ProviderSelection.Choose(RuntimeOptions, ILogger)"/> gave them; without a choice, the CPU.</param>
    /// <param name="logger">Told what ONNX Runtime says.</param>
    /// <exception cref="ModelStoreException">It is no network, or not the one its manifest describes.</exception>
    public static IReadOnlyList<IModelSession> OpenSessions(InstalledModel model, RuntimeOptions options, ILogger logger)
    {
        OnnxEnvironment.EnsureCreated(logger);
        if (options.OnGpu) return LadderModel.OpenSessions(model, options);
        options = options.For(ExecutionProvider.Cpu);
        try
        {
            using OptimizedGraph? graph = OpenGraph(model, options, logger);
            if (graph is not null && TryOpenShared(graph, model, options, logger) is { } sessions) return sessions;
            if (options.IsAdaptive) Log.OnAllCoresOnly(logger, model.Manifest.Name);
            return OpenAlone(model, options);
        }
        catch (OnnxRuntimeException failure)
        {
            throw new ModelStoreException($"{model.ModelPath}: ONNX Runtime cannot open it: {failure.Message}", failure);
        }
    }

    internal void Run(RunOptions options, OrtIoBinding binding) => _session.RunWithBinding(options, binding);

    internal OrtIoBinding CreateBinding() => _session.CreateIoBinding();

    internal void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0) _close();
    }

    private static OptimizedGraph? OpenGraph(InstalledModel model, RuntimeOptions options, ILogger logger)
    {
        if (options.OptimizedGraphCache is { } folder) return new OptimizedGraphCache(folder, logger).Open(model, options);
        return options.IsAdaptive ? OptimizedGraphCache.OpenTemporary(model, options, logger) : null;
    }

    /// <summary>As exported, where its optimised graph cannot be kept: a second native session would cost the weights again.</summary>
    private static List<IModelSession> OpenAlone(InstalledModel model, RuntimeOptions options)
    {
        using SessionOptions settings = SessionSettings.Create(options);
        var session = new InferenceSession(model.ModelPath, settings);
        var opened = new OnnxModel(session, session.Dispose, model);
        return opened.CreateSessions(Math.Max(1, options.Sessions), options.MaxBatch, options.IsAdaptive ? options.ResolvedIntraOpThreads : 1);
    }

    private static List<IModelSession>? TryOpenShared(OptimizedGraph graph, InstalledModel model, RuntimeOptions options, ILogger logger)
    {
        try
        {
            return OpenShared(graph, model, options);
        }
        catch (OnnxRuntimeException failure)
        {
            // If the model itself is at fault, opening it as exported will say so.
            Log.GraphRefused(logger, graph.Folder, failure.Message);
            OptimizedGraphCache.Discard(graph);
            return null;
        }
    }

    private static List<IModelSession> OpenShared(OptimizedGraph graph, InstalledModel model, RuntimeOptions options)
    {
        OnnxModel Open(int threads)
        {
            InferenceSession session = graph.OpenSession(options with { IntraOpThreads = threads });
            return new OnnxModel(session, () => graph.Leave(session), model);
        }

        int threads = options.ResolvedIntraOpThreads;
        if (!options.IsAdaptive) return Open(threads).CreateSessions(options.Sessions, options.MaxBatch, slots: 1);
        // All cores are for fewer images than there are cores; from then on each core has its own.
        List<IModelSession> sessions = Open(threads).CreateSessions(1, Math.Min(options.MaxBatch, threads - 1), slots: threads);
        try
        {
            sessions.AddRange(Open(1).CreateSessions(threads, maxBatch: 1, slots: 1));
            return sessions;
        }
        catch
        {
            sessions[0].Dispose();
            throw;
        }
    }

    private List<IModelSession> CreateSessions(int count, int maxBatch, int slots)
    {
        // Held while the sessions are made, so that a failure half-way closes everything through the same count.
        Interlocked.Increment(ref _users);
        var sessions = new List<IModelSession>(count);
        try
        {
            for (int i = 0; i < count; i++)
            {
                sessions.Add(new OnnxModelSession(this, maxBatch, slots));
                Interlocked.Increment(ref _users);
            }

            return sessions;
        }
        catch
        {
            foreach (IModelSession session in sessions) session.Dispose();
            throw;
        }
        finally
        {
            Leave();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1015, LogLevel.Warning, "ONNX Runtime does not open the optimised graph {Entry} ({Reason}); it is removed.")]
        public static partial void GraphRefused(ILogger logger, string entry, string reason);

        [LoggerMessage(1016, LogLevel.Warning, "{Model} runs on all cores only, also under backlog, because its optimised graph could not be kept.")]
        public static partial void OnAllCoresOnly(ILogger logger, string model);
    }
}
