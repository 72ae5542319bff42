using Capacity.Simulation;

namespace Capacity.Planning;

/// <summary>Finds the fewest replicas; the latency falls with every replica, so the search may bisect.</summary>
internal sealed class ReplicaSearch(Replica replica, Balancer balancer, int images, int seed)
{
    /// <summary>Larger clusters are outside of what the tool was made for.</summary>
    public const int MostReplicas = 10_000;

    /// <summary>
    /// Above it the queue fluctuates for minutes, so the simulation has not settled, and neither would
    /// the service. It also leaves room for what no curve contains (collections, neighbours, a replica being replaced).
    /// </summary>
    public const double HighestLoad = 0.95;

    /// <param name="rate">Images a second of the whole cluster.</param>
    /// <param name="p99Ms">What 99 % of the images must be answered within.</param>
    /// <returns>Null where no number of replicas up to <see cref="MostReplicas"/> is enough.</returns>
    public ReplicaPlan? Find(double rate, double p99Ms)
    {
        if (replica.IdleMs > p99Ms) return null;
        int enough = Math.Max(1, (int)Math.Ceiling(rate / (replica.Capacity * HighestLoad)));
        if (enough > MostReplicas) return null;
        int tooFew = enough - 1;
        LatencySummary latency = Simulate(enough);
        for (int step = 1; latency.P99 > p99Ms; step *= 2)
        {
            if (enough == MostReplicas) return null;
            tooFew = enough;
            enough = Math.Min(MostReplicas, enough + step);
            latency = Simulate(enough);
        }

        while (enough - tooFew > 1)
        {
            int middle = tooFew + ((enough - tooFew) / 2);
            LatencySummary between = Simulate(middle);
            if (between.P99 <= p99Ms) (enough, latency) = (middle, between);
            else tooFew = middle;
        }

        return new ReplicaPlan(enough, rate / (enough * replica.Capacity), latency);

        LatencySummary Simulate(int replicas) => ClusterSimulation.Simulate(replica, replicas, rate, balancer, images, seed);
    }
}
