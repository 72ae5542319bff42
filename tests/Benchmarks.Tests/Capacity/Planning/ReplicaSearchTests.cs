using Capacity.Planning;
using Capacity.Simulation;

namespace Benchmarks.Tests.Capacity.Planning;

public sealed class ReplicaSearchTests
{
    private const int Images = 60_000;

    [Theory]
    [InlineData(100, 250)]
    [InlineData(700, 150)]
    [InlineData(100_000, 300)]
    public void Find_GivesTheFewestThatAreEnough(double rate, double p99)
    {
        ReplicaPlan plan = new ReplicaSearch(Replicas.Cpu, Balancer.Random, Images, 1).Find(rate, p99)!;

        Assert.True(plan.Latency.P99 <= p99);
        Assert.Equal(rate / (plan.Replicas * Replicas.Cpu.Capacity), plan.Load, 1e-12);
        double loadOfOneLess = rate / ((plan.Replicas - 1) * Replicas.Cpu.Capacity);
        Assert.True(
            loadOfOneLess > ReplicaSearch.HighestLoad
            || ClusterSimulation.Simulate(Replicas.Cpu, plan.Replicas - 1, rate, Balancer.Random, Images, 1).P99 > p99);
    }

    [Fact]
    public void Find_MoreRateOrLessTime_NeverTakesFewer()
    {
        var search = new ReplicaSearch(Replicas.Cpu, Balancer.Random, Images, 1);
        int[] byRate = [.. new double[] { 10, 50, 100, 500, 5_000 }.Select(rate => search.Find(rate, 250)!.Replicas)];
        int[] byTime = [.. new double[] { 1_000, 500, 250, 120 }.Select(time => search.Find(500, time)!.Replicas)];

        Assert.Equal(byRate.Order(), byRate);
        Assert.Equal(byTime.Order(), byTime);
        Assert.True(byTime[^1] > byTime[0]);
    }

    [Fact]
    public void Find_TimeBelowTheIdleLatency_FindsNothing() =>
        Assert.Null(new ReplicaSearch(Replicas.Cpu, Balancer.Random, Images, 1).Find(10, Replicas.Cpu.IdleMs - 0.1));

    [Fact]
    public void Find_RateBeyondTenThousandReplicas_FindsNothing() =>
        Assert.Null(new ReplicaSearch(Replicas.Cpu, Balancer.Random, Images, 1).Find(Replicas.Cpu.Capacity * 10_000, 500));

    [Fact]
    public void PerMillionImages_OneReplicaOfOneAnHourAtOneASecond_CostsAMillionSeconds() =>
        Assert.Equal(1_000_000 / 3600.0, Cost.PerMillionImages(1, 1, 1), 1e-9);
}
