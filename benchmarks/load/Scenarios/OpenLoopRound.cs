using Load.Measurement;

namespace Load.Scenarios;

/// <summary>The same arrivals, really and ideally.</summary>
/// <param name="Measured">The server's.</param>
/// <param name="Ideal">Simulated, preparing for free beside the runs.</param>
/// <param name="SharedCores">Simulated, preparing on the cores that run.</param>
internal sealed record OpenLoopRound(LoadResult Measured, LatencySummary Ideal, LatencySummary SharedCores);
