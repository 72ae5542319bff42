using Benchmarks.Load.Simulation;
using Capacity.Simulation;

namespace Benchmarks.Tests.Load.Simulation;

public sealed class IdealBatchServerTests
{
    private const double PrepareMs = 4;
    private static readonly BatchCurve Curve = new(new Dictionary<int, double> { [1] = 20, [2] = 30 });

    [Fact]
    public void Simulate_LoneImages_TakePrepareAndOneRun()
    {
        LatencySummary ideal = IdealBatchServer.Simulate([0, 1, 2], Curve, PrepareMs, runDelay: 0.5)!;

        // Nothing else is prepared beside a lone image's run, so it loses nothing.
        Assert.Equal(PrepareMs + 20, ideal.P50, 1e-9);
        Assert.Equal(PrepareMs + 20, ideal.Max, 1e-9);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.0)]
    public void Simulate_Overloaded_AnswersAtTheCeilingOfThroughput(double runDelay)
    {
        const int Images = 2_000;
        const double GapMs = 5;
        double[] arrivals = [.. Enumerable.Range(0, Images).Select(i => i * GapMs / 1000)];

        LatencySummary ideal = IdealBatchServer.Simulate(arrivals, Curve, PrepareMs, runDelay)!;

        // The last image's latency is the whole time less its arrival; the ceiling is 1 / (τ/n + prepare/cores).
        double wholeMs = ideal.Max + ((Images - 1) * GapMs);
        double ceilingMs = (Curve[2] / 2) + (PrepareMs * runDelay);
        // They arrive faster than either ceiling, so there is always one that waits.
        Assert.Equal(Images * ceilingMs, wholeMs, Images * ceilingMs * 0.01);
    }

    [Fact]
    public void Simulate_PictureArrivesWithinARun_DelaysItByItsShareOfTheCores()
    {
        // The second is prepared from 10 to 14 ms, beside the first's run from 4 to 24: the run ends 2 ms later, and the second's follows.
        LatencySummary ideal = IdealBatchServer.Simulate([0, 0.010], Curve, PrepareMs, runDelay: 0.5)!;

        Assert.Equal(26, ideal.P50, 1e-9);
        Assert.Equal(26 + 20 - 10, ideal.Max, 1e-9);
    }

    [Fact]
    public void Simulate_TakesAllThatWaits_UpToTheLargestBatch()
    {
        LatencySummary ideal = IdealBatchServer.Simulate([0, 0.001, 0.002, 0.003], Curve, prepareMs: 0, runDelay: 0)!;

        // One alone until 20, two together until 50, the last until 70.
        Assert.Equal(((20 - 0) + (50 - 1) + (50 - 2) + (70 - 3)) / 4.0, ideal.Mean, 1e-9);
    }
}
