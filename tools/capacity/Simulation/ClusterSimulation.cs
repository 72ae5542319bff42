
namespace Capacity.Simulation;

/// <summary>
/// The latency of a whole cluster without simulating all of it.
/// <para>Random: a Poisson stream whose arrivals are each sent to one of N replicas by chance falls into N independent Poisson streams of
/// rate λ/N. Replicas share nothing, so all have the same law, and the latency of any image is that of one replica at λ/N: exact.</para>
/// <para>Round-robin: a replica gets every N-th arrival, so its gaps are sums of N exponential ones. The streams of different replicas
/// depend on each other, but an image feels only its own, and all have the same law: one replica with Erlang-N gaps is exact too.</para>
/// <para>Least-outstanding couples the replicas, so a sample of at most <see cref="SampleSize"/> of them is simulated together, with their
/// share of the rate. The choice among more replicas is never worse, so for larger clusters the result is slightly pessimistic.</para>
/// </summary>
internal static class ClusterSimulation
{
    public const int SampleSize = 32;

    // The first tenth meets replicas that start empty.
    private const double Settling = 0.1;

    /// <param name="replica">All are alike.</param>
    /// <param name="replicas">At least 1.</param>
    /// <param name="rate">Images a second of the whole cluster; below its capacity, else the result depends on the simulated time.</param>
    /// <param name="balancer">How they are spread.</param>
    /// <param name="images">How many to simulate, over all simulated replicas.</param>
    /// <param name="seed">Same seed, same result.</param>
    public static LatencySummary Simulate(Replica replica, int replicas, double rate, Balancer balancer, int images, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(replicas);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate);
        var gaps = new ArrivalGaps(seed);
        return balancer switch
        {
            Balancer.Random => One(replica, rate / replicas, gaps.Exponential, images),
            Balancer.RoundRobin => One(replica, rate / replicas, () => gaps.Erlang(replicas), images),
            Balancer.LeastOutstanding => Sample(replica, Math.Min(replicas, SampleSize), rate / replicas, gaps, images),
            _ => throw new ArgumentOutOfRangeException(nameof(balancer), balancer, null),
        };
    }

    private static LatencySummary One(Replica replica, double rate, Func<double> gap, int images)
    {
        double scale = 1000 / rate;
        var simulation = new ReplicaSimulation(replica) { ForgetBefore = images * Settling * scale };
        double time = 0;
        for (int i = 0; i < images; i++) simulation.Arrive(time += gap() * scale);
        simulation.AdvanceTo(double.PositiveInfinity);
        return LatencySummary.Of(simulation.Latencies) ?? throw new InvalidOperationException("Too few images to summarise.");
    }

    private static LatencySummary Sample(Replica replica, int replicas, double rateOfOne, ArrivalGaps gaps, int images)
    {
        double scale = 1000 / (rateOfOne * replicas);
        ReplicaSimulation[] simulations =
            [.. Enumerable.Range(0, replicas).Select(_ => new ReplicaSimulation(replica) { ForgetBefore = images * Settling * scale })];
        double time = 0;
        for (int i = 0; i < images; i++)
        {
            time += gaps.Exponential() * scale;
            LeastOutstanding(simulations, time, gaps.Next(replicas)).Arrive(time);
        }

        foreach (ReplicaSimulation simulation in simulations) simulation.AdvanceTo(double.PositiveInfinity);
        return LatencySummary.Of(simulations.SelectMany(simulation => simulation.Latencies))
            ?? throw new InvalidOperationException("Too few images to summarise.");
    }

    // Starting at a random replica breaks ties randomly.
    private static ReplicaSimulation LeastOutstanding(ReplicaSimulation[] simulations, double time, int from)
    {
        ReplicaSimulation? best = null;
        for (int i = 0; i < simulations.Length; i++)
        {
            ReplicaSimulation each = simulations[(from + i) % simulations.Length];
            each.AdvanceTo(time);
            if (best is null || each.Outstanding < best.Outstanding) best = each;
        }

        return best!;
    }
}
