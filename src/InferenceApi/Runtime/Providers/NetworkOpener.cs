using InferenceApi.Runtime.Cpu;
using InferenceApi.Runtime.Gpu;
using ModelStore;

namespace InferenceApi.Runtime.Providers;

/// <summary>Opens models on what the plan says.</summary>
public static class NetworkOpener
{
    /// <summary>Opens an installed and verified model. The caller disposes what it gets.</summary>
    /// <param name="model">What to open.</param>
    /// <param name="plan">As <see cref="ProviderSelection.Choose(RuntimeOptions, ILogger)"/> decided it.</param>
    /// <param name="logger">Gets what ONNX Runtime says.</param>
    /// <exception cref="ModelStoreException">It is no network, not the one its manifest describes, or an int8 one that this
    /// machine has no fast and exact kernels for.</exception>
    public static OpenedModel Open(InstalledModel model, RuntimePlan plan, ILogger logger)
    {
        if (model.Manifest.Precision == "int8" && Int8Support.Refusal(plan.OnGpu, Int8Support.HasVnni) is { } reason)
            throw new ModelStoreException($"{model.Manifest.Name} is an int8 model: {reason}") { Fault = StoreFault.Unsupported };
        OnnxEnvironment.EnsureCreated(logger);
        return plan.OnGpu ? new(plan.Provider, CudaGraphModel.Open(model, plan)) : OpenedNetwork.Open(model, plan, logger);
    }
}
