using InferenceApi.Batching;
using TestKit;

namespace InferenceApi.Tests.Batching;

public sealed class BatchLatencyCurveTests
{
    [Fact]
    public void SizesBetweenMeasuredOnes_AreInterpolated()
    {
        var curve = new BatchLatencyCurve([Point(1, 10), Point(4, 40), Point(8, 60)]);

        Assert.Equal(20, curve.Estimate(2).TotalMilliseconds, 0.001);
        Assert.Equal(50, curve.Estimate(6).TotalMilliseconds, 0.001);
        Assert.Equal(8, curve.LargestUsefulBatch);
        Assert.Equal(8 / 0.060, curve.Throughput, 0.01);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], curve.Points.Select(point => point.BatchSize));
    }

    [Fact]
    public void MachineThatBecameSlower_IsFollowed_AndOneOutlierIsNot()
    {
        var curve = new BatchLatencyCurve([Point(1, 10), Point(2, 15)]);

        curve.Observe(1, TimeSpan.FromSeconds(100));
        Assert.InRange(curve.Estimate(1).TotalMilliseconds, 10, 13.1);

        for (int i = 0; i < 200; i++) curve.Observe(1, TimeSpan.FromMilliseconds(20));
        Assert.Equal(20, curve.Estimate(1).TotalMilliseconds, 0.1);
        Assert.InRange(curve.Estimate(2).TotalMilliseconds, 17, 33);
    }

    [Theory]
    [InlineData(10, 10, 8)]
    [InlineData(10, 1, 2)]
    [InlineData(1, 10, 8)]
    public void WarmUp_FindsWhereThroughputStopsGrowing(int perImage, int perRun, int atLeast)
    {
        var clock = new ManualClock();
        using var session = new ScriptedInstance(maxBatch: 8)
        {
            OnRun = rows => clock.Advance(TimeSpan.FromMilliseconds(perRun + (perImage * rows))),
        };

        BatchLatencyCurve curve = WarmUp.Measure([session], new ComputeSlots(1), clock, TimeSpan.FromSeconds(60), default);

        Assert.InRange(curve.LargestUsefulBatch, atLeast, 8);
        Assert.Equal(perRun + perImage, curve.Estimate(1).TotalMilliseconds, 0.01);
        Assert.Equal(
            Enumerable.Range(1, curve.LargestUsefulBatch), session.Runs.Distinct().Where(rows => rows <= curve.LargestUsefulBatch).Order());
    }

    [Fact]
    public void WarmUp_OfAModelThatGainsNothing_StaysWithLoneImages()
    {
        var clock = new ManualClock();
        using var session = new ScriptedInstance(maxBatch: 8) { OnRun = rows => clock.Advance(TimeSpan.FromMilliseconds(20 * rows)) };

        BatchLatencyCurve curve = WarmUp.Measure([session], new ComputeSlots(1), clock, TimeSpan.FromSeconds(60), default);

        Assert.Equal(1, curve.LargestUsefulBatch);
    }

    [Fact]
    public void WarmUp_WithoutAVerdictInTime_AllowsSmallBatches()
    {
        var clock = new ManualClock();
        using var session = new ScriptedInstance(maxBatch: 8) { OnRun = rows => clock.Advance(TimeSpan.FromMilliseconds(50 * rows)) };

        BatchLatencyCurve curve = WarmUp.Measure([session], new ComputeSlots(1), clock, TimeSpan.FromSeconds(0.4), default);

        Assert.Equal(4, curve.LargestUsefulBatch);
        Assert.Equal(200, curve.Estimate(4).TotalMilliseconds, 0.01);
        Assert.Equal([1, 2, 3, 4], session.Runs.Distinct().Order());
    }

    [Fact]
    public void WarmUp_OfASlowModel_KeepsToItsBudget()
    {
        var clock = new ManualClock();
        using var session = new ScriptedInstance(maxBatch: 8) { OnRun = rows => clock.Advance(TimeSpan.FromSeconds(1 + rows)) };
        long startedAt = clock.GetTimestamp();

        BatchLatencyCurve curve = WarmUp.Measure([session], new ComputeSlots(1), clock, TimeSpan.FromSeconds(0.4), default);

        Assert.Equal(1, curve.LargestUsefulBatch);
        Assert.Equal(4, clock.GetElapsedTime(startedAt).TotalSeconds, 0.01);
    }

    private static BatchLatency Point(int size, double milliseconds) => new(size, TimeSpan.FromMilliseconds(milliseconds));
}
