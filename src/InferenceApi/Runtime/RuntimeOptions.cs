using System.ComponentModel.DataAnnotations;

namespace InferenceApi.Runtime;

/// <summary>How models run on this machine. Measured choices and their reasons are in docs/adr/0003-sessions-threads-batch.md.</summary>
public sealed class RuntimeOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Runtime";

    /// <summary>
    /// Runs of one model, and of all models together, that may execute at once; 1 to 64, default 1. They share one copy of the weights.
    /// One run on all cores was measured best on CPUs of few cores; where cores outnumber what one run can use (about 16), raise this
    /// and keep <see cref="Sessions"/> × <see cref="IntraOpThreads"/> at the number of cores.
    /// </summary>
    [Range(1, 64)]
    public int Sessions { get; init; } = 1;

    /// <summary>
    /// Threads of one run; 0 to 256, default 0: the cores this process may use divided by <see cref="Sessions"/>.
    /// Set it where the container's CPU limit is lower than what the runtime sees.
    /// </summary>
    [Range(0, 256)]
    public int IntraOpThreads { get; init; }

    /// <summary>
    /// Most images in one run; 1 to 256, default 8. Warm-up lowers it per model to where throughput stops improving, so it need only be
    /// large enough; activations grow with it.
    /// </summary>
    [Range(1, 256)]
    public int MaxBatch { get; init; } = 8;

    /// <summary>
    /// Whether idle threads of a run wait by spinning; default false. Spinning steals the cores that decode pictures; try true only
    /// where the cores are reserved and decoding happens elsewhere.
    /// </summary>
    public bool AllowSpinning { get; init; }

    /// <summary>
    /// Folder of optimised graphs, which make a cold start faster; default null: none are kept. It must be writable by the
    /// service alone, because a graph in it is run without a manifest to check it against; a folder others may write is not used.
    /// </summary>
    public string? OptimizedGraphCache { get; init; }

    /// <summary>The threads of one run after the default is resolved; at least 1.</summary>
    public int ResolvedIntraOpThreads => IntraOpThreads > 0 ? IntraOpThreads : Math.Max(1, Environment.ProcessorCount / Sessions);
}
