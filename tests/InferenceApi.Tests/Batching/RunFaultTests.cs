using System.Diagnostics;
using InferenceApi.Batching;
using InferenceApi.Runtime;
using TestKit;

namespace InferenceApi.Tests.Batching;

/// <summary>
/// Runs that hang, throw or find no memory: only their own members fail. <see cref="FaultyRig"/> checks what they leave behind.
/// </summary>
public sealed class RunFaultTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task RunThatHangs_IsGivenUpAtItsLimit_AndAnotherInstanceGoesOn()
    {
        var clock = new ManualClock();
        using var stuck = new ManualResetEventSlim();
        using var hangs = new ManualResetEventSlim();
        ScriptedInstance? first = null;
        using var rig = new FaultyRig(
            (instance, _) =>
            {
                if (Interlocked.CompareExchange(ref first, instance, null) is not null) return;
                hangs.Set();
                stuck.Wait();
            },
            Timeout, clock);
        Task<ImageResult> member = rig.Enqueue(1);
        Assert.True(hangs.Wait(Patience.Limit));
        Task<ImageResult> next = rig.Enqueue(2);

        clock.Advance(Timeout - TimeSpan.FromSeconds(1));
        Assert.False(member.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));

        RunFailedException failure = await Assert.ThrowsAsync<RunFailedException>(() => member.Soon());
        Assert.True(failure.IsOverdue);
        await BatchingRig.AssertAnswers(next, 2);
        // Its native call still goes on; it may be closed only when that returns.
        Assert.Equal(0, first!.TimesDisposed);
        Assert.Equal(2, rig.Opened.Count);
        stuck.Set();
        Patience.Until(() => first.TimesDisposed == 1, "the instance that hung was closed");
        await BatchingRig.AssertAnswers(rig.Enqueue(3), 3);
    }

    [Fact]
    public async Task RunOnAllCoresThatHangs_GivesAllItsSlotsBack_AndTheWorkersGoOn()
    {
        var clock = new ManualClock();
        using var stuck = new ManualResetEventSlim();
        using var hangs = new ManualResetEventSlim();
        ScriptedInstance? first = null;
        using var rig = new FaultyRig(
            (instance, _) =>
            {
                if (instance.Slots == 1 || Interlocked.CompareExchange(ref first, instance, null) is not null) return;
                hangs.Set();
                stuck.Wait();
            },
            Timeout, clock, workers: 2, maxBatch: 1, adaptive: true);
        Task<ImageResult> member = rig.Enqueue(1);
        Assert.True(hangs.Wait(Patience.Limit));
        Task<ImageResult>[] others = [rig.Enqueue(2), rig.Enqueue(3), rig.Enqueue(4)];

        clock.Advance(Timeout);

        await Assert.ThrowsAsync<RunFailedException>(() => member.Soon());
        for (int i = 0; i < others.Length; i++) await BatchingRig.AssertAnswers(others[i], i + 2);
        Patience.Until(() => rig.Opened.Count(instance => instance.Slots == 2) == 2, "another was opened for all cores");
        // It runs lone images as soon as it is in its place.
        long begun = Stopwatch.GetTimestamp();
        while (rig.Opened.Last().Runs.IsEmpty)
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Patience.Limit);
            await BatchingRig.AssertAnswers(rig.Enqueue(5), 5);
        }

        stuck.Set();
    }

    [Fact]
    public async Task LimitOfASlowModel_IsFiftyTimesItsEstimate()
    {
        var clock = new ManualClock();
        using var stuck = new ManualResetEventSlim();
        using var hangs = new ManualResetEventSlim();
        using var rig = new FaultyRig(
            (_, _) =>
            {
                hangs.Set();
                stuck.Wait();
            },
            TimeSpan.FromMilliseconds(1), clock, maxBatch: 1);
        Task<ImageResult> member = rig.Enqueue(1);
        Assert.True(hangs.Wait(Patience.Limit));

        // A millisecond is the estimate, so fifty is the limit.
        clock.Advance(TimeSpan.FromMilliseconds(40));
        Assert.False(member.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(11));

        await Assert.ThrowsAsync<RunFailedException>(() => member.Soon());
        stuck.Set();
    }

    [Fact]
    public async Task InstanceThatCannotBeReplaced_IsTriedAgain_AndWhatWaitsIsAnsweredThen()
    {
        var clock = new ManualClock();
        int tries = 0, failing = 1;
        using var rig = new FaultyRig((_, _) => Fail(ref failing, until: 3), Timeout, clock, maxBatch: 1);
        rig.OnReopen = () =>
        {
            if (Interlocked.Increment(ref tries) == 1) throw new InvalidOperationException("no file");
        };
        await Assert.ThrowsAsync<RunFailedException>(() => rig.Enqueue(1).Soon());
        Task<ImageResult> waits = rig.Enqueue(2);
        Patience.Until(() => Volatile.Read(ref tries) == 1, "it was tried");

        Patience.Until(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return waits.IsCompleted;
            },
            "it was tried again");

        await BatchingRig.AssertAnswers(waits, 2);
        Assert.Equal(2, tries);
    }

    [Fact]
    public async Task RunWithoutMemory_IsTriedInHalves_AndAnswersAll()
    {
        int runs = 0;
        using var rig = new FaultyRig(
            (_, rows) =>
            {
                Interlocked.Increment(ref runs);
                if (rows > 2) throw new DeviceMemoryException("full");
            },
            Timeout, new ManualClock());
        rig.Slots.Take();
        Task<ImageResult>[] answers = [.. Enumerable.Range(0, 4).Select(value => rig.Enqueue(value))];
        Patience.Until(() => rig.Slots.Waiting == 1, "the worker is in line");
        rig.Slots.Release();

        for (int value = 0; value < answers.Length; value++)
            Assert.Equal(2, (await BatchingRig.AssertAnswers(answers[value], value)).BatchSize);
        Assert.Equal(3, runs);
        Assert.Single(rig.Opened);
    }

    [Theory]
    [InlineData("throw", 1)]
    [InlineData("hang", 2)]
    [InlineData("memory", 1)]
    public async Task EveryFiftiethRunBad_OfFiveThousandImages_FailsItsMembersOnly_AndIsSoonOver(string fault, int workers)
    {
        const int Images = 5000, Clients = 32;
        TimeSpan limit = TimeSpan.FromMilliseconds(300);
        using var stuck = new ManualResetEventSlim();
        int runs = 0, bad = 0, badRows = 0, failed = 0;
        bool again = false;
        using var rig = new FaultyRig(
            (_, rows) =>
            {
                // The second try of a run without memory fails too.
                if (again)
                {
                    again = false;
                    throw new DeviceMemoryException("full");
                }

                if (Interlocked.Increment(ref runs) % 50 != 0) return;
                Interlocked.Increment(ref bad);
                Interlocked.Add(ref badRows, rows);
                if (fault == "throw") throw new InvalidOperationException("broken");
                if (fault == "hang") stuck.Wait();
                if (fault != "memory") return;
                again = true;
                throw new DeviceMemoryException("full");
            },
            limit, TimeProvider.System, workers, maxBatch: 8);
        var slowest = new TimeSpan[Clients];

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            for (int value = client; value < Images; value += Clients)
            {
                long begun = Stopwatch.GetTimestamp();
                try
                {
                    await BatchingRig.AssertAnswers(rig.Enqueue(value), value);
                }
                catch (RunFailedException)
                {
                    Interlocked.Increment(ref failed);
                }

                TimeSpan took = Stopwatch.GetElapsedTime(begun);
                if (took > slowest[client]) slowest[client] = took;
            }
        }))).WaitAsync(4 * Patience.Limit);

        stuck.Set();
        Assert.True(bad >= 10, $"only {bad} bad runs");
        Assert.Equal(badRows, failed);
        // Behind one hanging run on each worker, and a second to recover.
        TimeSpan most = (fault == "hang" ? 2 * limit : TimeSpan.Zero) + TimeSpan.FromSeconds(1);
        Assert.True(slowest.Max() < most, $"somebody waited {slowest.Max()}");
        if (fault != "throw") Assert.Equal(workers + bad, rig.Opened.Count);
    }

    private static void Fail(ref int run, int until)
    {
        if (run++ < until) throw new DeviceMemoryException("full");
    }
}
