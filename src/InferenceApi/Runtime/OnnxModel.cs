using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
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

    private OnnxModel(InferenceSession session, string path, int classes, int crop)
    {
        _session = session;
        (InputName, NodeMetadata input) = Single(session.InputMetadata, path, "input");
        (OutputName, NodeMetadata output) = Single(session.OutputMetadata, path, "output");
        Require(path, "input", input, [3, crop, crop]);
        Require(path, "output", output, [classes]);
        Classes = classes;
        Crop = crop;
    }

    /// <summary>Floats in one row of logits.</summary>
    public int Classes { get; }

    /// <summary>Height and width of the input in pixels.</summary>
    public int Crop { get; }

    internal string InputName { get; }

    internal string OutputName { get; }

    /// <summary>Opens an installed and verified model and gives <see cref="RuntimeOptions.Sessions"/> sessions that share its weights.</summary>
    /// <exception cref="ModelStoreException">It is no network, or not the one its manifest describes.</exception>
    public static IReadOnlyList<IModelSession> OpenSessions(InstalledModel model, RuntimeOptions options, ILogger logger)
    {
        OnnxEnvironment.EnsureCreated(logger);
        InferenceSession session = OpenNative(model, options, logger);
        OnnxModel opened;
        try
        {
            opened = new OnnxModel(session, model.ModelPath, model.Manifest.Classes, model.Manifest.Preprocessing.Crop);
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

    private static (string Name, NodeMetadata Node) Single(IReadOnlyDictionary<string, NodeMetadata> nodes, string path, string what)
    {
        if (nodes.Count != 1) throw new ModelStoreException($"{path}: has {nodes.Count} {what}s; a classifier has one.");
        (string name, NodeMetadata node) = nodes.First();
        return (name, node);
    }

    /// <summary>Float tensor of [batch, rest…]; a dimension the graph leaves open (−1) fits everything.</summary>
    private static void Require(string path, string what, NodeMetadata node, int[] rest)
    {
        bool fits = node.IsTensor && node.ElementDataType == TensorElementType.Float && node.Dimensions.Length == rest.Length + 1
            && node.Dimensions[0] < 0;
        for (int i = 0; fits && i < rest.Length; i++) fits = node.Dimensions[i + 1] < 0 || node.Dimensions[i + 1] == rest[i];
        if (fits) return;
        string shape = node.IsTensor ? $"{node.ElementDataType}[{string.Join(", ", node.Dimensions)}]" : node.OnnxValueType.ToString();
        throw new ModelStoreException($"{path}: its {what} is {shape}; expected Float[batch, {string.Join(", ", rest)}].");
    }
}
