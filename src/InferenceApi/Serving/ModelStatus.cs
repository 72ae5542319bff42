using InferenceApi.Batching;
using ModelStore;

namespace InferenceApi.Serving;

/// <summary>One model as it stands, for people and for metrics.</summary>
/// <param name="Name">The name in URLs.</param>
/// <param name="State">Of the version in service, or of the attempt to load one.</param>
/// <param name="Manifest">Of the version in service, else of the newest installed; null where its manifest cannot be read.</param>
/// <param name="Curve">Batch-latency curve as it stands; empty where not loaded.</param>
/// <param name="MemoryBytes">What it is estimated to take; 0 where not loaded.</param>
/// <param name="Waiting">Images in its queue, those admitted and being decoded included.</param>
/// <param name="Error">Why the last attempt to load a version failed; null where it did not. An older version may be in service.</param>
public sealed record ModelStatus(
    string Name,
    ModelState State,
    ModelManifest? Manifest,
    IReadOnlyList<(int BatchSize, TimeSpan RunTime)> Curve,
    long MemoryBytes,
    int Waiting,
    string? Error)
{
    /// <summary>Instances open; 0 where not loaded.</summary>
    public int Instances { get; init; }

    /// <inheritdoc cref="RunTimeModel.Parallel"/>
    public (int AtOnce, TimeSpan RunTime)? Parallel { get; init; }

    /// <summary>What computes it: Cpu, Cuda or TensorRt; null where not loaded.</summary>
    public string? Provider { get; init; }

    /// <summary>What admission would compare with the deadline of one more image; zero where not loaded.</summary>
    public TimeSpan EstimatedWait { get; init; }

    /// <summary>Until all that waits and runs now is answered; zero where not loaded.</summary>
    public TimeSpan RunWait { get; init; }
}
