using InferenceApi.Batching;
using TestKit;

namespace InferenceApi.Tests.Batching;

public sealed class AdaptiveBatchingTests
{
    [Fact]
    public async Task LoneImage_RunsOnAllCores()
    {
        using var rig = new AdaptiveRig(new ComputeSlots(2));
        Task<ImageResult> answer = rig.Enqueue(1);

        ScriptedRun run = rig.AllCores.NextRun();
        Assert.Equal([1f], run.Values);
        run.Finish();

        await BatchingRig.AssertAnswers(answer, 1);
    }

    [Fact]
    public async Task ArrivalsDuringARunOnAllCores_ThenRunOneOnEachCore()
    {
        using var rig = new AdaptiveRig(new ComputeSlots(2));
        Task<ImageResult> first = rig.Enqueue(1);
        ScriptedRun alone = rig.AllCores.NextRun();
        Task<ImageResult>[] others = [rig.Enqueue(2), rig.Enqueue(3), rig.Enqueue(4)];
        Assert.DoesNotContain(rig.OneCore, session => session.HasStartedRun);

        alone.Finish();

        ScriptedRun second = rig.NextRunOnOneCore(), third = rig.NextRunOnOneCore();
        Assert.Equal([2f, 3f], new[] { second.Values[0], third.Values[0] }.Order());
        // One core is free: the last image does not wait for the other.
        second.Finish();
        ScriptedRun fourth = rig.NextRunOnOneCore();
        Assert.Equal([4f], fourth.Values);
        third.Finish();
        fourth.Finish();
        Assert.False(rig.AllCores.HasStartedRun);
        await BatchingRig.AssertAnswers(first, 1);
        for (int i = 0; i < others.Length; i++) await BatchingRig.AssertAnswers(others[i], i + 2);
    }

    [Fact]
    public async Task WhenTheBacklogIsGone_ALoneImageRunsOnAllCoresAgain()
    {
        using var rig = new AdaptiveRig(new ComputeSlots(2));
        rig.Slots.Take();
        Task<ImageResult> busy = rig.Enqueue(1);
        // The other core is someone else's, so one is all there is.
        rig.NextRunOnOneCore().Finish();
        await BatchingRig.AssertAnswers(busy, 1);
        rig.Slots.Release();

        Task<ImageResult> lone = rig.Enqueue(2);
        rig.AllCores.NextRun().Finish();

        await BatchingRig.AssertAnswers(lone, 2);
    }

    [Fact]
    public async Task FewerImagesThanCores_ShareOneRun()
    {
        using var rig = new AdaptiveRig(new ComputeSlots(4));
        rig.Slots.Take(0, (free, _) => free);
        Task<ImageResult>[] answers = [rig.Enqueue(1), rig.Enqueue(2), rig.Enqueue(3)];
        Patience.Until(() => rig.Slots.Waiting == 3, "three workers are in line");

        rig.Slots.Release(count: 4);

        ScriptedRun run = rig.AllCores.NextRun();
        Assert.Equal([1f, 2f, 3f], run.Values);
        run.Finish();
        for (int i = 0; i < answers.Length; i++) await BatchingRig.AssertAnswers(answers[i], i + 1);
        // Those who waited for nothing have let go.
        Patience.Until(() => rig.Slots.Waiting == 0, "nobody is in line");
        Task<ImageResult> next = rig.Enqueue(4);
        rig.AllCores.NextRun().Finish();
        await BatchingRig.AssertAnswers(next, 4);
    }

    [Fact]
    public async Task ImagesOfTwoModels_RunBesideEachOther()
    {
        var slots = new ComputeSlots(2);
        using var one = new AdaptiveRig(slots);
        using var two = new AdaptiveRig(slots, one.Clock);
        slots.Take(0, (free, _) => free);
        Task<ImageResult> ones = one.Enqueue(1), twos = two.Enqueue(2);
        Patience.Until(() => slots.Waiting == 2, "both models are in line");

        slots.Release(count: 2);

        one.NextRunOnOneCore().Finish();
        two.NextRunOnOneCore().Finish();
        await BatchingRig.AssertAnswers(ones, 1);
        await BatchingRig.AssertAnswers(twos, 2);
    }

    [Fact]
    public async Task FailedRunOnAllCores_FailsItsMembersAlone_AndGivesEveryCoreBack()
    {
        using var rig = new AdaptiveRig(new ComputeSlots(2));
        Task<ImageResult> failing = rig.Enqueue(1);
        ScriptedRun run = rig.AllCores.NextRun();
        Task<ImageResult>[] others = [rig.Enqueue(2), rig.Enqueue(3)];

        run.Fail(new InvalidOperationException("No."));

        await Assert.ThrowsAsync<RunFailedException>(() => failing.Soon());
        rig.NextRunOnOneCore().Finish();
        rig.NextRunOnOneCore().Finish();
        for (int i = 0; i < others.Length; i++) await BatchingRig.AssertAnswers(others[i], i + 2);
    }

    [Fact]
    public void EstimateWait_KnowsWhichRunsThereWillBe()
    {
        using var rig = new AdaptiveRig(new ComputeSlots(2));
        Assert.Equal(20, rig.Admission.EstimateWait(1).TotalMilliseconds, 0.01);
        Assert.Equal(40, rig.Admission.EstimateWait(2).TotalMilliseconds, 0.01);
        Assert.Equal(80, rig.Admission.EstimateWait(3).TotalMilliseconds, 0.01);

        _ = rig.Enqueue(1);
        ScriptedRun run = rig.AllCores.NextRun();
        rig.Clock.Advance(TimeSpan.FromMilliseconds(5));

        // The other worker is idle, but has no core.
        Assert.Equal(15 + 20, rig.Admission.EstimateWait(1).TotalMilliseconds, 0.01);
        run.Finish();
    }

    [Fact]
    public void EstimateWait_WhileAWorkerOfOurOwnIsInLine_CountsNobodyTwice()
    {
        using var rig = new AdaptiveRig(new ComputeSlots(2));
        _ = rig.Enqueue(1);
        ScriptedRun run = rig.AllCores.NextRun();
        _ = rig.Enqueue(2);
        Patience.Until(() => rig.Slots.Waiting == 1, "the other worker is in line");

        Assert.Equal(20 + 40, rig.Admission.EstimateWait(2).TotalMilliseconds, 0.01);
        run.Finish();
    }

    [Fact]
    public void EstimateWait_WhileACoreIsBusy_IsThatOfOneCore()
    {
        using var rig = new AdaptiveRig(new ComputeSlots(2));
        rig.Slots.Take();
        _ = rig.Enqueue(1);
        ScriptedRun run = rig.NextRunOnOneCore();
        rig.Slots.Release();

        // The other core is free at once, but not both.
        Assert.Equal(40, rig.Admission.EstimateWait(1).TotalMilliseconds, 0.01);
        run.Finish();
    }

    [Fact]
    public void FewerImagesThanCores_RunApart_WhereThatIsSooner()
    {
        using var rig = new AdaptiveRig(new ComputeSlots(6));
        Assert.Equal(40, rig.Admission.EstimateWait(4).TotalMilliseconds, 0.01);
        Assert.Equal(30, rig.Admission.EstimateWait(2).TotalMilliseconds, 0.01);
        rig.Slots.Take(0, (free, _) => free);
        for (int value = 1; value <= 4; value++) _ = rig.Enqueue(value);
        Patience.Until(() => rig.Slots.Waiting == 4, "four workers are in line");

        rig.Slots.Release(count: 6);

        // Together they would take 50 ms, apart 40.
        for (int i = 0; i < 4; i++) rig.NextRunOnOneCore().Finish();
    }

    [Fact]
    public void WarmUp_RunsSessionsOfOneCoreTogether()
    {
        int running = 0, most = 0;
        using var all = new Barrier(3);
        ScriptedInstance[] sessions =
        [
            .. Enumerable.Range(0, 3).Select(_ => new ScriptedInstance(1)
            {
                OnRun = _ =>
                {
                    lock (all) most = Math.Max(most, ++running);
                    Assert.True(all.SignalAndWait(Patience.Limit));
                    lock (all) running--;
                },
            }),
        ];

        BatchLatencyCurve curve =
            WarmUp.MeasureTogether(sessions, new ComputeSlots(3), TimeProvider.System, TimeSpan.FromSeconds(1), default);

        Assert.Equal((3, 1), (most, curve.LargestUsefulBatch));
        Assert.All(sessions, session => Assert.True(session.Runs.Count >= 2));
    }

    [Fact]
    public void WarmUpRunThatFails_GivesEverySlotBack()
    {
        var slots = new ComputeSlots(2);
        ScriptedInstance[] sessions = [new(1), new(1) { OnRun = _ => throw new InvalidOperationException("No.") }];

        Assert.Throws<InvalidOperationException>(
            () => WarmUp.MeasureTogether(sessions, slots, TimeProvider.System, TimeSpan.Zero, default));

        Assert.Equal(2, slots.Take(0, (free, _) => free));
    }
}
