using InferenceApi.Batching;
using InferenceApi.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using TestKit;

namespace InferenceApi.Tests.Batching;

/// <summary>Choosing sizes of a ladder by the measured curve.</summary>
public sealed class BucketedBatchingTests
{
    [Theory]
    // 5 rows at the price of 6 against 4: 10 + 6 = 16 ms and 14 ms; 5/16 is more than 4/14.
    [InlineData(10, 1, 5, 5)]
    // A run that costs what its size does: padding never pays.
    [InlineData(0, 1, 5, 4)]
    [InlineData(0, 1, 13, 12)]
    // 63 at the price of 64: 63/74 is more than 56/66, and with less fixed cost 63/65 is less than 56/57.
    [InlineData(10, 1, 63, 63)]
    [InlineData(1, 1, 63, 56)]
    [InlineData(10, 1, 1000, 64)]
    [InlineData(10, 1, 0, 1)]
    public void BestBatch_IsTheOneOfMoreImagesPerMillisecond(int fixedMs, int perImageMs, int waiting, int expected) =>
        Assert.Equal(expected, Curve(fixedMs, perImageMs).BestBatch(waiting));

    [Fact]
    public void Estimates_AreThoseOfTheSizesThatRun()
    {
        BatchLatencyCurve curve = Curve(10, 1);

        Assert.Equal(curve.Estimate(12), curve.Estimate(9));
        Assert.Equal(15, curve.Points.Count);
        Assert.Equal(curve.Estimate(64) + curve.Estimate(6), curve.EstimateAll(69));
        TimeSpan before = curve.Estimate(12);
        curve.Observe(9, TimeSpan.FromMilliseconds(44));
        Assert.True(curve.Estimate(12) > before);
        Assert.Equal(curve.Estimate(12), curve.Estimate(9));
    }

    [Fact]
    public void WarmUp_RunsEverySizeOnEverySession_WhateverTheBudget()
    {
        var clock = new ManualClock();
        ScriptedInstance[] sessions = [Session(clock, 0), Session(clock, 1)];

        BatchLatencyCurve curve = WarmUp.Measure(sessions, new ComputeSlots(1, devices: 2), clock, TimeSpan.Zero, default);

        Assert.Equal(64, curve.LargestUsefulBatch);
        Assert.All(sessions, session => Assert.Equal(BatchSizes.Gpu(64).Sizes, session.Runs.Distinct().Order()));
        Assert.All(sessions, session => Assert.All(session.Runs.GroupBy(size => size), runs => Assert.True(runs.Count() >= 2)));
    }

    [Fact]
    public void WarmUp_WhereLargeBatchesBringNothing_StopsBelow()
    {
        var clock = new ManualClock();
        var session = new ScriptedInstance(64, batchSizes: BatchSizes.Gpu(64));
        // From 16 on, an image costs what it costs.
        session.OnRun = rows => clock.Advance(TimeSpan.FromMilliseconds(rows <= 16 ? 16 + rows : 2 * rows));

        Assert.Equal(16, WarmUp.Measure([session], new ComputeSlots(1), clock, TimeSpan.Zero, default).LargestUsefulBatch);
    }

    [Fact]
    public async Task Worker_LeavesWhatWouldBePaddedDearly_ForTheNextRun()
    {
        var clock = new ManualClock();
        var slots = new ComputeSlots(1);
        var session = new ScriptedInstance(64, batchSizes: BatchSizes.Gpu(64));
        var images = new CountedImages(session.RowLength);
        var queue = new ImageQueue(64, session.RowLength, clock);
        using var metrics = new TestMetrics();
        var worker = new BatchWorker(
            "model", 1, new MeasuredInstance(session, Curve(0, 1)), queue, slots, metrics.Metrics, clock, NullLogger.Instance);
        slots.Take();
        worker.Start();
        var answers = new List<Task<ImageResult>>();
        for (int i = 0; i < 13; i++)
        {
            Assert.True(queue.TryEnqueue(images.Rent(i), long.MaxValue, default, out Task<ImageResult> answer));
            answers.Add(answer);
        }

        slots.Release();
        for (int i = 0; i < 13; i++) await BatchingRig.AssertAnswers(answers[i], i);

        Assert.Equal([12, 1], session.Runs);
        queue.Close();
        await worker.Ended.Soon();
        images.AssertAllReturned();
    }

    [Fact]
    public void Devices_HaveSlotsOfTheirOwn()
    {
        var slots = new ComputeSlots(1, devices: 2);
        Assert.Equal(2, slots.Count);
        slots.Take(0);
        slots.Take(1);
        slots.Release(1);
        Assert.Throws<InvalidOperationException>(() => slots.Release(1));
        slots.Release(0);
    }

    private static ScriptedInstance Session(ManualClock clock, int device) =>
        new(64, batchSizes: BatchSizes.Gpu(64), device: device) { OnRun = rows => clock.Advance(TimeSpan.FromMilliseconds(10 + rows)) };

    private static BatchLatencyCurve Curve(int fixedMs, int perImageMs)
    {
        BatchSizes batchSizes = BatchSizes.Gpu(64);
        return new([.. batchSizes.Sizes.Select(size => new BatchLatency(size, TimeSpan.FromMilliseconds(fixedMs + (perImageMs * size))))],
            batchSizes);
    }
}
