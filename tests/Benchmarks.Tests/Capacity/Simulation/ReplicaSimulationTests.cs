using Capacity.Simulation;

namespace Benchmarks.Tests.Capacity.Simulation;

public sealed class ReplicaSimulationTests
{
    [Theory]
    [InlineData(true, 2.0)]
    [InlineData(true, 30.0)]
    [InlineData(false, 2.0)]
    [InlineData(false, 60.0)]
    public void Arrive_MoreThanCanBeAnswered_IsAnsweredAtTheCapacity(bool sharesCores, double prepareMs)
    {
        const int Images = 4_000;
        var replica = new Replica(Replicas.Curve((1, 22), (8, 100)), prepareMs, 2, sharesCores);
        var simulation = new ReplicaSimulation(replica);
        for (int i = 0; i < Images; i++) simulation.Arrive(0);
        simulation.AdvanceTo(double.PositiveInfinity);

        double rate = Images * 1000 / simulation.Latencies.Max();
        Assert.Equal(Images, simulation.Latencies.Count);
        // A batch is smaller where preparing cannot keep up, so the sum of the times is a bound there and an equality elsewhere.
        Assert.InRange(rate, replica.Capacity * 0.85, replica.Capacity * 1.02);
    }

    [Fact]
    public void Arrive_LoneImage_TakesTheIdleTime()
    {
        var simulation = new ReplicaSimulation(Replicas.Cpu);
        simulation.Arrive(100);
        simulation.AdvanceTo(double.PositiveInfinity);

        Assert.Equal(Replicas.Cpu.IdleMs, Assert.Single(simulation.Latencies), 1e-9);
    }

    [Fact]
    public void Arrive_WhileARunHasTheCores_SlowsBoth()
    {
        // Two cores, a run of 22 ms from 2 ms on, a second picture at 2 ms: three threads on two cores until it is prepared (2 ms × 3/2).
        var simulation = new ReplicaSimulation(Replicas.Cpu);
        simulation.Arrive(0);
        simulation.Arrive(2);
        simulation.AdvanceTo(double.PositiveInfinity);

        double firstEnds = 2 + 22 + 1;
        Assert.Equal([firstEnds, firstEnds + 22 - 2], simulation.Latencies.Select(each => Math.Round(each, 9)));
    }

    [Fact]
    public void Arrive_WhileARunGoesOn_WaitsAndThenRunsTogether()
    {
        var simulation = new ReplicaSimulation(new Replica(Replicas.Curve((1, 10), (4, 16)), 0, 1, SharesCores: false));
        foreach (double time in (double[])[0, 1, 2, 3]) simulation.Arrive(time);
        Assert.Equal(4, simulation.Outstanding);
        simulation.AdvanceTo(double.PositiveInfinity);

        // The second run takes the three that wait: 14 ms after 10.
        Assert.Equal([10, 23, 22, 21], simulation.Latencies);
    }
}
