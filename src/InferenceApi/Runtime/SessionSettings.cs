using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace InferenceApi.Runtime;

/// <summary>
/// The only settings of ONNX Runtime sessions; the benchmarks use them too, so that they measure the service's own.
/// </summary>
public static class SessionSettings
{
    /// <summary>Options for opening a network as its exporter wrote it.</summary>
    /// <param name="plan">Its provider and its threads.</param>
    /// <param name="device">GPU by CUDA's number; ignored on the CPU.</param>
    /// <remarks>
    /// Sequential execution: a ResNet has no independent branches worth a second thread pool. The environment's arena and initialisers
    /// outside it: activations are shared between models, and unloading a model gives its weights back to the system.
    /// </remarks>
    public static SessionOptions Create(RuntimePlan plan, int device = 0)
    {
        var settings = new SessionOptions
        {
            IntraOpNumThreads = plan.Threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
        };
        try
        {
            settings.AddSessionConfigEntry("session.intra_op.allow_spinning", plan.AllowSpinning ? "1" : "0");
            settings.AddSessionConfigEntry("session.use_env_allocators", "1");
            settings.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");
            if (plan.OnGpu) AppendGpu(settings, plan, device);
            return settings;
        }
        catch
        {
            settings.Dispose();
            throw;
        }
    }

    private static void AppendGpu(SessionOptions settings, RuntimePlan plan, int device)
    {
        // A node that the GPU does not support would silently run on the CPU, with two copies: opening fails instead.
        settings.AddSessionConfigEntry("session.disable_cpu_ep_fallback", "1");
        if (plan.Provider == ExecutionProvider.TensorRt)
        {
            using var tensorRt = new OrtTensorRTProviderOptions();
            tensorRt.UpdateOptions(new Dictionary<string, string> { ["device_id"] = $"{device}", ["trt_fp16_enable"] = "0" });
            settings.AppendExecutionProvider_Tensorrt(tensorRt);
        }

        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(plan.Cuda.ForDevice(device));
        settings.AppendExecutionProvider_CUDA(cuda);
    }
}
