using Benchmarks.Load.Measurement;

namespace Benchmarks.Load.Scenarios;

/// <summary>One contender in one round.</summary>
/// <param name="Idle">One client.</param>
/// <param name="Saturated">Many clients.</param>
/// <param name="ProcessorMsPerImage">The server's processor time for each image while saturated, all threads.</param>
/// <param name="ResidentBytes">At the end of saturation.</param>
/// <param name="Allocation">Managed, while saturated; null where the server does not tell.</param>
internal sealed record ContenderRound(
    LoadResult Idle,
    LoadResult Saturated,
    double ProcessorMsPerImage,
    long ResidentBytes,
    AllocationResult? Allocation);
