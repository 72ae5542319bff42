using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace InferenceApi.Runtime;

/// <summary>The one place that says how ONNX Runtime sessions are opened; benchmarks use it too, so that they measure the server's own.</summary>
public static class SessionSettings
{
    /// <summary>Options for opening a network as its exporter wrote it.</summary>
    /// <remarks>
    /// Sequential execution: a ResNet has no independent branches worth a second thread pool. The environment's arena and initialisers
    /// outside it: activations are shared between models, and unloading a model gives its weights back to the system.
    /// </remarks>
    public static SessionOptions Create(RuntimeOptions options)
    {
        var settings = new SessionOptions
        {
            IntraOpNumThreads = options.ResolvedIntraOpThreads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
        };
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", options.AllowSpinning ? "1" : "0");
        settings.AddSessionConfigEntry("session.use_env_allocators", "1");
        settings.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");
        return settings;
    }
}
