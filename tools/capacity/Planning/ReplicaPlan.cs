using Capacity.Simulation;

namespace Capacity.Planning;

/// <summary>How many replicas answer a rate within a time.</summary>
/// <param name="Replicas">The fewest that do.</param>
/// <param name="Load">Rate ÷ capacity of so many; 0 to 1.</param>
/// <param name="Latency">Simulated, in ms.</param>
internal sealed record ReplicaPlan(int Replicas, double Load, LatencySummary Latency);
