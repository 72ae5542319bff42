using InferenceApi.Runtime.Providers;

namespace Benchmarks.Gpu;

/// <summary>One part of the measurement on a GPU; benchmarks/Gpu/measure.sh puts them together.</summary>
internal static class GpuVerb
{
    /// <returns>The exit code: 1 where the provider is not there or a part's own target is missed.</returns>
    public static async Task<int> RunAsync(MeasureOptions options)
    {
        try
        {
            switch (options.Part)
            {
                case "raw":
                    RawPart.Run(options);
                    return 0;
                case "fed":
                    await FedPart.RunAsync(options).ConfigureAwait(false);
                    return 0;
                case "random":
                    return RandomPart.Run(options);
                case "parity":
                    return ParityPart.Run(options);
                case "memory":
                    MemoryPart.Run(options);
                    return 0;
                default:
                    await ServicePart.RunAsync(options).ConfigureAwait(false);
                    return 0;
            }
        }
        catch (Exception failure) when (failure is ProviderUnavailableException or ArgumentException)
        {
            await Console.Error.WriteLineAsync(failure.Message).ConfigureAwait(false);
            return 1;
        }
    }
}
