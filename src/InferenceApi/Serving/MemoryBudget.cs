using InferenceApi.Runtime;

namespace InferenceApi.Serving;

/// <summary>Memory that all loaded models together may take.</summary>
/// <param name="Bytes">0: no limit.</param>
public sealed record MemoryBudget(long Bytes)
{
    // Measured: the service with its pictures in flight and the activations of its largest network, and what each core adds to both.
    private const long Reserve = 400_000_000, ReservePerCore = 20_000_000;

    // Used where the reserve exceeds the limit: the smallest network of the catalogue is served within 256 MB.
    private const int LeastShare = 4;

    /// <summary>No limit.</summary>
    public static MemoryBudget None { get; } = new(0);

    /// <summary>The setting; without one, what the container's limit leaves on a CPU; else no limit.</summary>
    /// <param name="options">As written.</param>
    /// <param name="plan">On a GPU the weights are in the memory of the device, which no control group limits.</param>
    /// <param name="limit">Of the container, bytes; null where there is none.</param>
    public static MemoryBudget Of(ServingOptions options, RuntimePlan plan, long? limit)
    {
        if (options.MemoryBudget > 0) return new(options.MemoryBudget);
        if (plan.OnGpu || limit is not { } bytes) return None;
        return new(Math.Max(bytes / LeastShare, bytes - Reserve - (plan.Threads * ReservePerCore)));
    }
}
