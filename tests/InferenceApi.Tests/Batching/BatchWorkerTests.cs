using InferenceApi.Batching;
using Microsoft.Extensions.Logging.Abstractions;
using TestKit;

namespace InferenceApi.Tests.Batching;

/// <summary>
/// The rules of batching. Every test ends with the check that all image memory came back, once (<see cref="BatchingRig"/>).
/// </summary>
public sealed class BatchWorkerTests
{
    [Fact]
    public async Task LoneImage_RunsAtOnce_WhenIdle()
    {
        using var rig = new BatchingRig();

        Task<ImageResult> answer = rig.Enqueue(1);

        // The clock stands still: an answer that waited for any timer would never come.
        ScriptedRun run = rig.Session.NextRun();
        Assert.Equal([1f], run.Values);
        run.Finish();
        ImageResult result = await BatchingRig.AssertAnswers(answer, 1);
        Assert.Equal(1, result.BatchSize);
    }

    [Fact]
    public async Task ImagesArrivingDuringARun_ShareTheNextOne()
    {
        using var rig = new BatchingRig();
        Task<ImageResult> first = rig.Enqueue(1);
        ScriptedRun running = rig.Session.NextRun();

        Task<ImageResult>[] later = [rig.Enqueue(2), rig.Enqueue(3), rig.Enqueue(4)];
        running.Finish();

        ScriptedRun next = rig.Session.NextRun();
        Assert.Equal([2f, 3f, 4f], next.Values);
        next.Finish();
        await BatchingRig.AssertAnswers(first, 1);
        for (int i = 0; i < later.Length; i++) Assert.Equal(3, (await BatchingRig.AssertAnswers(later[i], i + 2)).BatchSize);
    }

    [Fact]
    public async Task ImagesArrivingWhileWaitingForASlot_JoinTheBatch()
    {
        using var rig = new BatchingRig();
        rig.Slots.Take();
        Task<ImageResult> first = rig.Enqueue(1);
        Patience.Until(() => rig.Slots.Waiting == 1, "the worker is in line for a slot");

        Task<ImageResult> second = rig.Enqueue(2);
        Assert.False(rig.Session.HasStartedRun);
        rig.Slots.Release();

        ScriptedRun run = rig.Session.NextRun();
        Assert.Equal([1f, 2f], run.Values);
        run.Finish();
        await BatchingRig.AssertAnswers(first, 1);
        await BatchingRig.AssertAnswers(second, 2);
    }

    [Fact]
    public async Task OverfullQueue_RunsInOrder_InFullBatches()
    {
        using var rig = new BatchingRig(maxBatch: 4);
        rig.Slots.Take();
        Task<ImageResult>[] answers = [.. Enumerable.Range(0, 10).Select(value => rig.Enqueue(value))];
        rig.Slots.Release();

        foreach (float[] expected in new float[][] { [0, 1, 2, 3], [4, 5, 6, 7], [8, 9] })
        {
            ScriptedRun run = rig.Session.NextRun();
            Assert.Equal(expected, run.Values);
            run.Finish();
        }

        for (int i = 0; i < answers.Length; i++) await BatchingRig.AssertAnswers(answers[i], i);
    }

    [Fact]
    public async Task LargestUsefulBatch_BoundsTheRun_WhereTheSessionCouldTakeMore()
    {
        var clock = new ManualClock();
        var slots = new ComputeSlots(1);
        var session = new ScriptedInstance(maxBatch: 8);
        var images = new CountedImages(session.RowLength);
        var queue = new ImageQueue(64, session.RowLength, clock);
        using var metrics = new TestMetrics();
        var worker = new BatchWorker(
            "model", 1, new MeasuredInstance(session, BatchingRig.LinearCurve(2)), queue, slots, metrics.Metrics, clock,
            NullLogger.Instance);
        for (int value = 0; value < 5; value++) Assert.True(queue.TryEnqueue(images.Rent(value), long.MaxValue, default, out _));
        queue.Close();

        worker.Start();

        await worker.Ended.Soon();
        Assert.Equal([2, 2, 1], session.Runs);
        images.AssertAllReturned();
    }

    [Fact]
    public async Task EveryCaller_GetsItsOwnRow()
    {
        using var rig = new BatchingRig(maxBatch: 7, capacity: 1000, gated: false);
        Task<ImageResult>[] answers = [.. Enumerable.Range(0, 1000).Select(value => rig.Enqueue(value))];

        for (int value = 0; value < answers.Length; value++) await BatchingRig.AssertAnswers(answers[value], value);
    }

    [Fact]
    public async Task CancelledCaller_DoesNotDisturbBatchmates()
    {
        using var rig = new BatchingRig();
        using var leavesWhileWaiting = new CancellationTokenSource();
        using var leavesWhileRunning = new CancellationTokenSource();
        rig.Slots.Take();
        Task<ImageResult> first = rig.Enqueue(1);
        Task<ImageResult> waiting = rig.Enqueue(2, cancellation: leavesWhileWaiting.Token);
        Task<ImageResult> running = rig.Enqueue(3, cancellation: leavesWhileRunning.Token);
        Task<ImageResult> last = rig.Enqueue(4);

        await leavesWhileWaiting.CancelAsync();
        // Answered and its memory back while the machine is still busy with others.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        Assert.Equal(3, rig.Images.Outstanding);
        Assert.Equal(3, rig.Queue.Count);

        rig.Slots.Release();
        ScriptedRun run = rig.Session.NextRun();
        Assert.Equal([1f, 3f, 4f], run.Values);
        await leavesWhileRunning.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Soon());
        run.Finish();

        await BatchingRig.AssertAnswers(first, 1);
        await BatchingRig.AssertAnswers(last, 4);
    }

    [Fact]
    public async Task CallerAlreadyGone_IsNotRun()
    {
        using var rig = new BatchingRig();
        rig.Slots.Take();
        Task<ImageResult> gone = rig.Enqueue(1, cancellation: new CancellationToken(canceled: true));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone.Soon());
        Task<ImageResult> stays = rig.Enqueue(2);
        rig.Slots.Release();

        ScriptedRun run = rig.Session.NextRun();
        Assert.Equal([2f], run.Values);
        run.Finish();
        await BatchingRig.AssertAnswers(stays, 2);
    }

    [Fact]
    public async Task ExpiredImage_IsAnsweredSo_AndNotRun()
    {
        using var rig = new BatchingRig();
        rig.Slots.Take();
        Task<ImageResult> late = rig.Enqueue(1, rig.Clock.In(TimeSpan.FromMilliseconds(50)));
        Task<ImageResult> early = rig.Enqueue(2, rig.Clock.In(TimeSpan.FromMilliseconds(150)));
        rig.Clock.Advance(TimeSpan.FromMilliseconds(100));
        rig.Slots.Release();

        ScriptedRun run = rig.Session.NextRun();
        Assert.Equal([2f], run.Values);
        await Assert.ThrowsAsync<DeadlineExceededException>(() => late.Soon());
        run.Finish();
        await BatchingRig.AssertAnswers(early, 2);
    }

    [Fact]
    public async Task FailedRun_FailsOnlyItsMembers()
    {
        using var rig = new BatchingRig();
        Task<ImageResult> before = rig.Enqueue(1);
        ScriptedRun first = rig.Session.NextRun();
        Task<ImageResult>[] members = [rig.Enqueue(2), rig.Enqueue(3)];
        first.Finish();
        ScriptedRun failing = rig.Session.NextRun();
        Task<ImageResult> after = rig.Enqueue(4);

        failing.Fail(new InvalidOperationException("the device fell over"));

        foreach (Task<ImageResult> member in members)
        {
            RunFailedException failure = await Assert.ThrowsAsync<RunFailedException>(() => member.Soon());
            Assert.Equal("the device fell over", failure.InnerException!.Message);
        }

        rig.Session.NextRun().Finish();
        await BatchingRig.AssertAnswers(before, 1);
        await BatchingRig.AssertAnswers(after, 4);
    }

    [Fact]
    public async Task Stop_AnswersWhatWasAccepted()
    {
        using var rig = new BatchingRig(maxBatch: 2);
        Task<ImageResult>[] accepted = [.. Enumerable.Range(0, 5).Select(value => rig.Enqueue(value))];
        ScriptedRun running = rig.Session.NextRun();

        rig.Queue.Close();

        using System.Buffers.IMemoryOwner<float> refused = rig.Images.Rent(9);
        Assert.False(rig.Queue.TryEnqueue(refused, long.MaxValue, default, out _));
        Assert.False(rig.Worker.Ended.IsCompleted);
        running.Finish();
        rig.Session.Open();
        for (int value = 0; value < accepted.Length; value++) await BatchingRig.AssertAnswers(accepted[value], value);
        await rig.Worker.Ended.Soon();
    }

    [Fact]
    public async Task TimesOfAResult_AreTheClocks()
    {
        using var rig = new BatchingRig();
        rig.Slots.Take();
        Task<ImageResult> answer = rig.Enqueue(1);
        rig.Clock.Advance(TimeSpan.FromMilliseconds(30));
        rig.Slots.Release();
        ScriptedRun run = rig.Session.NextRun();
        rig.Clock.Advance(TimeSpan.FromMilliseconds(20));
        run.Finish();

        ImageResult result = await BatchingRig.AssertAnswers(answer, 1);

        Assert.Equal(30, result.QueueTime.TotalMilliseconds, 0.001);
        Assert.Equal(20, result.RunTime.TotalMilliseconds, 0.001);
    }

    [Fact]
    public async Task TwoModelsOnOneSlot_TakeTurns()
    {
        var clock = new ManualClock();
        var slots = new ComputeSlots(1);
        using var one = new BatchingRig(1, 64, gated: true, slots, clock);
        using var two = new BatchingRig(1, 64, gated: true, slots, clock);
        slots.Take();
        Task<ImageResult>[] ones = [one.Enqueue(1), one.Enqueue(2), one.Enqueue(3)];
        Patience.Until(() => slots.Waiting == 1, "model one is in line");
        Task<ImageResult> theirs = two.Enqueue(4);
        Patience.Until(() => slots.Waiting == 2, "model two is in line");
        slots.Release();

        ScriptedRun first = one.Session.NextRun();
        first.Finish();
        // Model one has two more images, and yet it is model two's turn.
        ScriptedRun second = two.Session.NextRun();
        Assert.False(one.Session.HasStartedRun);
        second.Finish();
        await BatchingRig.AssertAnswers(theirs, 4);
        one.Session.Open();
        for (int i = 0; i < ones.Length; i++) await BatchingRig.AssertAnswers(ones[i], i + 1);
    }
}
