namespace Capacity.Simulation;

/// <summary>How arrivals are spread over replicas.</summary>
internal enum Balancer
{
    /// <summary>Each to a random replica: kube-proxy, or many independent proxies.</summary>
    Random,

    /// <summary>
    /// In turns, by one balancer that sees everything. Several such balancers together are closer to <see cref="Random"/>.
    /// </summary>
    RoundRobin,

    /// <summary>To the replica with the fewest unanswered, by one balancer that sees everything; ties by chance.</summary>
    LeastOutstanding,
}
