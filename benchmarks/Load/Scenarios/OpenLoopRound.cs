using Benchmarks.Ceilings;
using Benchmarks.Load.Measurement;
using Capacity.Simulation;

namespace Benchmarks.Load.Scenarios;

/// <summary>The same arrivals, really and ideally.</summary>
/// <param name="Ceilings">Measured just before; what the simulations run on.</param>
/// <param name="Measured">The server's.</param>
/// <param name="Ideal">Simulated, preparing on the cores that run.</param>
/// <param name="FreePreparing">Simulated, preparing on cores of its own.</param>
internal sealed record OpenLoopRound(CeilingFigures Ceilings, LoadResult Measured, LatencySummary Ideal, LatencySummary FreePreparing);
