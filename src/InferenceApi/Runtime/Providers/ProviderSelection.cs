
namespace InferenceApi.Runtime.Providers;

/// <summary>Decides once, at start-up, what computes the networks.</summary>
public static partial class ProviderSelection
{
    /// <summary>The plan for the provider that will be used.</summary>
    /// <exception cref="ProviderUnavailableException">A provider that was asked for by name cannot be used.</exception>
    public static RuntimePlan Choose(RuntimeOptions options, ILogger logger)
    {
        OnnxEnvironment.EnsureCreated(logger);
        return Choose(options, ProviderProbe.Try, logger);
    }

    internal static RuntimePlan Choose(RuntimeOptions options, Action<RuntimePlan> probe, ILogger logger)
    {
        RuntimePlan plan = options.Provider switch
        {
            ExecutionProvider.Cpu => options.For(ExecutionProvider.Cpu),
            ExecutionProvider.Auto => CudaOrCpu(options, probe, logger),
            _ => Probed(options.For(options.Provider), probe),
        };
        if (plan.OnGpu) Log.OnGpu(logger, plan.Provider, string.Join(", ", plan.DeviceIds), plan.Instances, plan.MaxBatch, plan.Cuda);
        else Log.OnCpu(logger, plan.CpuRuns);
        return plan;
    }

    private static RuntimePlan CudaOrCpu(RuntimeOptions options, Action<RuntimePlan> probe, ILogger logger)
    {
        try
        {
            return Probed(options.For(ExecutionProvider.Cuda), probe);
        }
        catch (ProviderUnavailableException unavailable)
        {
            Explain(unavailable, logger);
            return options.For(ExecutionProvider.Cpu);
        }
    }

    /// <summary>A build or a machine without CUDA causes no warning; one with both that cannot use them does.</summary>
    private static void Explain(ProviderUnavailableException unavailable, ILogger logger)
    {
        bool built = !unavailable.Missing.Contains(ProviderLibrary.OfTheCudaBuild);
        bool driven = !unavailable.Missing.Contains(ProviderLibrary.OfTheDriver);
        if (built && driven) Log.FellBack(logger, unavailable.Message);
        else if (built) Log.NoDriver(logger);
        else if (driven) Log.NotBuilt(logger);
    }

    private static RuntimePlan Probed(RuntimePlan plan, Action<RuntimePlan> probe)
    {
        probe(plan);
        return plan;
    }

    private static partial class Log
    {
        [LoggerMessage(4021, LogLevel.Warning, "Models run on the CPU. {Reason} Runtime:Provider=cpu silences this.")]
        public static partial void FellBack(ILogger logger, string reason);

        [LoggerMessage(4026, LogLevel.Information, "No NVIDIA driver: models run on the CPU.")]
        public static partial void NoDriver(ILogger logger);

        [LoggerMessage(4027, LogLevel.Information, "This build runs models on the CPU; with CUDA=1 it would use the GPU of this machine.")]
        public static partial void NotBuilt(ILogger logger);

        [LoggerMessage(
            4022, LogLevel.Information,
            "Provider {Provider} on GPU {Devices}: {Instances} instances a model and GPU, batches up to {MaxBatch}, {Options}.")]
        public static partial void OnGpu(
            ILogger logger, ExecutionProvider provider, string devices, int instances, int maxBatch, CudaOptions options);

        [LoggerMessage(4023, LogLevel.Information, "Provider Cpu: {Runs}.")]
        public static partial void OnCpu(ILogger logger, string runs);
    }
}
