using Microsoft.ML.OnnxRuntime;
using ModelStore;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace InferenceApi.Runtime;

/// <summary>
/// An opened network: one ONNX Runtime session, and so one copy of the weights, shared by every <see cref="OnnxModelSession"/> made
/// from it. It closes with the last of them.
/// </summary>
public sealed class OnnxModel
{
    private readonly InferenceSession _session;
    private int _users;

    private OnnxModel(InferenceSession session, InstalledModel model)
    {
        _session = session;
        (InputName, OutputName) = NetworkContract.Of(session, model);
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
    /// Opens an installed and verified model and gives <see cref="RuntimeOptions.Sessions"/> sessions: on the CPU they share its weights,
    /// on GPUs there are as many on each.
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
        InferenceSession session = OpenNative(model, options, logger);
        OnnxModel opened;
        try
        {
            opened = new OnnxModel(session, model);
        }
        catch
        {
            session.Dispose();
            throw;
        }

        return opened.CreateSessions(options.Sessions, options.MaxBatch);
    }

    internal void Run(RunOptions options, OrtIoBinding binding) => _session.RunWithBinding(options, binding);

    internal OrtIoBinding CreateBinding() => _session.CreateIoBinding();

    internal void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0) _session.Dispose();
    }

    private static InferenceSession OpenNative(InstalledModel model, RuntimeOptions options, ILogger logger)
    {
        try
        {
            if (options.OptimizedGraphCache is { } folder)
                return new OptimizedGraphCache(folder, logger).Open(model, options);
            using SessionOptions settings = SessionSettings.Create(options);
            return new InferenceSession(model.ModelPath, settings);
        }
        catch (OnnxRuntimeException failure)
        {
            throw new ModelStoreException($"{model.ModelPath}: ONNX Runtime cannot open it: {failure.Message}", failure);
        }
    }

    private OnnxModelSession[] CreateSessions(int count, int maxBatch)
    {
        // Held while the sessions are made, so that a failure half-way closes everything through the same count.
        Interlocked.Increment(ref _users);
        var sessions = new List<OnnxModelSession>(count);
        try
        {
            for (int i = 0; i < count; i++)
            {
                Interlocked.Increment(ref _users);
                sessions.Add(new OnnxModelSession(this, maxBatch));
            }

            return [.. sessions];
        }
        catch
        {
            foreach (OnnxModelSession session in sessions) session.Dispose();
            throw;
        }
        finally
        {
            Leave();
        }
    }
}
