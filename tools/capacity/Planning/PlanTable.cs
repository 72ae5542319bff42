using System.Globalization;
using Capacity.CommandLine;
using Capacity.Curves;
using Capacity.Simulation;

namespace Capacity.Planning;

/// <summary>The answers as Markdown.</summary>
internal static class PlanTable
{
    /// <summary>What one replica of each kind can do.</summary>
    public static IEnumerable<string> Replicas(IReadOnlyList<ReplicaProfile> profiles)
    {
        yield return "| replica | images/s | per core | limited by | idle, ms | price/h | per million at capacity |";
        yield return "|---|---:|---:|---|---:|---:|---:|";
        foreach (ReplicaProfile profile in profiles)
        {
            Replica replica = profile.Replica;
            string limit = replica.SharesCores ? "cores" : replica.PrepareRate < replica.RunRate ? "preparing (cores)" : "device";
            yield return $"| {Name(profile)} | {Number(replica.Capacity)} | {Number(replica.Capacity / replica.Cores)} | {limit} "
                + $"| {Number(replica.IdleMs)} | {Money(profile.PricePerHour)} | "
                    + $"{Money(Cost.PerMillionImages(1, profile.PricePerHour, replica.Capacity))} |";
        }

        yield return "";
        foreach (ReplicaProfile profile in profiles) yield return $"- {Name(profile)}: {profile.Source}";
    }

    /// <summary>How many replicas each rate takes.</summary>
    public static IEnumerable<string> Plans(IReadOnlyList<ReplicaProfile> profiles, CapacityOptions options)
    {
        yield return $"p99 ≤ {Number(options.P99Ms)} ms, balancer {options.Balancer}, seed {options.Seed}, {options.Images} images "
            + "simulated.";
        yield return "";
        yield return "| replica | images/s | replicas | cores | load | p50, ms | p99, ms | per million |";
        yield return "|---|---:|---:|---:|---:|---:|---:|---:|";
        foreach (ReplicaProfile profile in profiles)
        {
            var search = new ReplicaSearch(profile.Replica, options.Balancer, options.Images, options.Seed);
            foreach (double rate in options.Rates) yield return Row(profile, rate, search.Find(rate, options.P99Ms));
        }
    }

    private static string Row(ReplicaProfile profile, double rate, ReplicaPlan? plan)
    {
        if (plan is null)
        {
            string why = $"not with {ReplicaSearch.MostReplicas} replicas or fewer (idle latency {Number(profile.Replica.IdleMs)} ms)";
            return $"| {Name(profile)} | {Number(rate)} | {why} | | | | | |";
        }

        LatencySummary latency = plan.Latency;
        double cost = Cost.PerMillionImages(plan.Replicas, profile.PricePerHour, rate);
        return $"| {Name(profile)} | {Number(rate)} | {plan.Replicas} | {plan.Replicas * profile.Replica.Cores} | {plan.Load * 100:0} % "
            + $"| {Number(latency.P50)} | {Number(latency.P99)} | {Money(cost)} |";
    }

    private static string Name(ReplicaProfile profile) => profile.IsAssumption ? $"{profile.Name} (**assumed**)" : profile.Name;

    private static string Money(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString(value >= 100 ? "0" : "0.#", CultureInfo.InvariantCulture);
}
