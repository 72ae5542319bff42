using Capacity.Simulation;

namespace Capacity.Curves;

/// <summary>A replica to plan with, and where its figures are from.</summary>
/// <param name="Name">Model and machine, short.</param>
/// <param name="Source">Which machine measured the curve, or why it is assumed.</param>
/// <param name="IsAssumption">Whether it is assumed and not measured with this service; every table marks it.</param>
/// <param name="Replica">The figures.</param>
/// <param name="PricePerHour">Of one replica, in any currency.</param>
internal sealed record ReplicaProfile(string Name, string Source, bool IsAssumption, Replica Replica, double PricePerHour);
