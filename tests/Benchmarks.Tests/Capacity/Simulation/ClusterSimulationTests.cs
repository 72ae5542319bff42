using Capacity.Simulation;

namespace Benchmarks.Tests.Capacity.Simulation;

public sealed class ClusterSimulationTests
{
    private const int Images = 300_000;

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void Simulate_OneImageARun_MeetsTheFormulaOfMD1(double load)
    {
        const double ServiceMs = 10;
        LatencySummary latency =
            ClusterSimulation.Simulate(Replicas.OneByOne(ServiceMs), 1, load * 1000 / ServiceMs, Balancer.Random, Images, seed: 1);

        // Pollaczek and Khinchine: mean wait = load × service ÷ (2 × (1 − load)).
        double expected = ServiceMs + (load * ServiceMs / (2 * (1 - load)));
        Assert.InRange(latency.Mean, expected * 0.98, expected * 1.02);
        Assert.True(latency.P50 <= latency.P99 && latency.P99 <= latency.Max);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void Simulate_BatchesOfAllThatWaits_MeetsTheKnownMean(double load)
    {
        // Inoue: for runs of t0 + a × n the mean is about 1.5 × t0 ÷ (1 − rate × a), loosely where the load is light.
        const double T0 = 1.0, A = 0.05;
        var replica = new Replica(Replicas.Curve((1, T0 + A), (64, T0 + (64 * A))), 0, 1, SharesCores: false);
        double rate = load * replica.Capacity;
        LatencySummary latency = ClusterSimulation.Simulate(replica, 1, rate, Balancer.Random, Images, seed: 1);

        double expected = 1.5 * T0 / (1 - (rate / 1000 * A));
        Assert.InRange(latency.Mean, expected * 0.94, expected * 1.06);
    }

    [Theory]
    [InlineData("Random")]
    [InlineData("RoundRobin")]
    [InlineData("LeastOutstanding")]
    public void Simulate_SameSeed_SameResult_OtherSeed_AnotherOne(string balancer)
    {
        Balancer spread = Enum.Parse<Balancer>(balancer);
        LatencySummary first = ClusterSimulation.Simulate(Replicas.Cpu, 7, 180, spread, 20_000, seed: 5);

        Assert.Equal(first, ClusterSimulation.Simulate(Replicas.Cpu, 7, 180, spread, 20_000, seed: 5));
        Assert.NotEqual(first, ClusterSimulation.Simulate(Replicas.Cpu, 7, 180, spread, 20_000, seed: 6));
    }

    [Fact]
    public void Simulate_RisingRate_RaisesLatency()
    {
        double[] p99 = [.. new double[] { 5, 10, 20, 30, 38 }.Select(
            rate => ClusterSimulation.Simulate(Replicas.Cpu, 1, rate, Balancer.Random, Images, 1).P99)];

        Assert.Equal(p99.Order(), p99);
        Assert.True(p99[^1] > 2 * p99[0]);
    }

    [Fact]
    public void Simulate_Random_DependsOnTheShareOfAReplicaOnly() =>
        Assert.Equal(
            ClusterSimulation.Simulate(Replicas.Cpu, 1, 32, Balancer.Random, 50_000, 1),
            ClusterSimulation.Simulate(Replicas.Cpu, 8192, 32 * 8192, Balancer.Random, 50_000, 1));

    [Fact]
    public void Simulate_BetterBalancers_LowerTheTail()
    {
        double random = P99(Balancer.Random), turns = P99(Balancer.RoundRobin), least = P99(Balancer.LeastOutstanding);

        Assert.True(turns < 0.8 * random, $"{turns} against {random}");
        Assert.True(least < 0.8 * random, $"{least} against {random}");

        static double P99(Balancer balancer) => ClusterSimulation.Simulate(Replicas.Cpu, 20, 20 * 35, balancer, Images, 1).P99;
    }

    [Fact]
    public void Simulate_OneReplica_EveryBalancerIsTheSame()
    {
        double random = ClusterSimulation.Simulate(Replicas.Cpu, 1, 30, Balancer.Random, Images, 1).Mean;

        Assert.Equal(random, ClusterSimulation.Simulate(Replicas.Cpu, 1, 30, Balancer.RoundRobin, Images, 1).Mean, 1e-9);
        Assert.InRange(
            ClusterSimulation.Simulate(Replicas.Cpu, 1, 30, Balancer.LeastOutstanding, Images, 1).Mean, random * 0.97, random * 1.03);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(10_000)]
    public void Erlang_HasMeanOneAndTheVarianceOfASum(int count)
    {
        var gaps = new ArrivalGaps(3);
        double[] sample = [.. Enumerable.Range(0, 100_000).Select(_ => gaps.Erlang(count))];
        double mean = sample.Average(), variance = sample.Average(gap => (gap - mean) * (gap - mean));

        Assert.InRange(mean, 0.99, 1.01);
        Assert.InRange(variance * count, 0.97, 1.03);
    }
}
