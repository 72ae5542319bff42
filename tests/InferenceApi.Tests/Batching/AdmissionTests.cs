using InferenceApi.Batching;
using TestKit;

namespace InferenceApi.Tests.Batching;

/// <summary>With τ(n) = 10 + 10 n ms and batches of 4: a full batch takes 50 ms, a lone image 20 ms.</summary>
public sealed class AdmissionTests
{
    [Theory]
    [InlineData(1, 20)]
    [InlineData(4, 50)]
    [InlineData(5, 70)]
    [InlineData(8, 100)]
    [InlineData(11, 140)]
    public void EstimateWait_WhenIdle_IsTheRunsItTakes(int images, int milliseconds)
    {
        using var rig = new BatchingRig(maxBatch: 4);

        Assert.Equal(milliseconds, rig.Admission.EstimateWait(images).TotalMilliseconds, 0.01);
    }

    [Fact]
    public void EstimateWait_CountsWhatIsLeftOfTheCurrentRun()
    {
        using var rig = new BatchingRig(maxBatch: 4);
        _ = rig.Enqueue(1);
        ScriptedRun run = rig.Session.NextRun();

        rig.Clock.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(15 + 20, rig.Admission.EstimateWait(1).TotalMilliseconds, 0.01);

        // A run that takes longer than expected is expected to end at any moment.
        rig.Clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(20, rig.Admission.EstimateWait(1).TotalMilliseconds, 0.01);
        run.Finish();
    }

    [Fact]
    public void Admit_JustInTime_IsAdmitted_AndJustTooLate_IsRefusedWithTheTimeToComeBack()
    {
        using var rig = new BatchingRig(maxBatch: 4);
        rig.Slots.Take();
        for (int value = 0; value < 7; value++) _ = rig.Enqueue(value);

        // Eight images are two full batches, 100 ms, and decoding takes 10; of which nothing is known yet, so a quarter is added.
        using (AdmissionTicket ticket = rig.Admission.Admit(
            1, rig.Clock.In(TimeSpan.FromMilliseconds(137.6)), TimeSpan.FromMilliseconds(10)))
            Assert.Equal(1, rig.Admission.Reserved);
        Assert.Equal(0, rig.Admission.Reserved);

        OverloadedException refusal = Assert.Throws<OverloadedException>(
            () => rig.Admission.Admit(1, rig.Clock.In(TimeSpan.FromMilliseconds(70)), TimeSpan.FromMilliseconds(10)));
        Assert.Equal(137.5, refusal.EstimatedWait.TotalMilliseconds, 0.01);
        Assert.Equal(67.5, refusal.RetryAfter.TotalMilliseconds, 0.01);
        Assert.Equal(0, rig.Admission.Reserved);
        rig.Slots.Release();
        rig.Session.Open();
    }

    [Fact]
    public void Admit_CountsImagesStillBeingDecoded_AsAhead()
    {
        using var rig = new BatchingRig(maxBatch: 4);
        long deadline = rig.Clock.In(TimeSpan.FromMilliseconds(65));
        using AdmissionTicket first = rig.Admission.Admit(4, deadline, TimeSpan.Zero);

        Assert.Throws<OverloadedException>(() => rig.Admission.Admit(1, deadline, TimeSpan.Zero));

        first.Dispose();
        rig.Admission.Admit(1, deadline, TimeSpan.Zero).Dispose();
    }

    [Fact]
    public void Admit_BeyondTheCapacity_IsRefusedWithTheTimeUntilThereIsRoom()
    {
        using var rig = new BatchingRig(maxBatch: 4, capacity: 8);
        using AdmissionTicket ticket = rig.Admission.Admit(6, long.MaxValue, TimeSpan.Zero);

        OverloadedException refusal = Assert.Throws<OverloadedException>(() => rig.Admission.Admit(6, long.MaxValue, TimeSpan.Zero));

        // Four images too many: one full batch.
        Assert.Equal(50, refusal.RetryAfter.TotalMilliseconds, 0.01);
    }

    [Fact]
    public async Task Admitted_AlwaysFindsItsPlace_AndNotTwo()
    {
        using var rig = new BatchingRig(maxBatch: 4, capacity: 4);
        rig.Slots.Take();
        using AdmissionTicket ticket = rig.Admission.Admit(1, long.MaxValue, TimeSpan.Zero);
        using AdmissionTicket others = rig.Admission.Admit(3, long.MaxValue, TimeSpan.Zero);

        Task<ImageResult> answer = ticket.EnqueueAsync(rig.Images.Rent(1), default);

        Assert.Equal(3, rig.Admission.Reserved);
        Assert.Equal(0, ticket.Images);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ticket.EnqueueAsync(rig.Images.Rent(2), default));
        rig.Slots.Release();
        rig.Session.Open();
        await BatchingRig.AssertAnswers(answer, 1);
    }

    [Fact]
    public void EstimateWait_WithAnotherModelInLine_CountsItsTurns()
    {
        var clock = new ManualClock();
        var slots = new ComputeSlots(1);
        using var ours = new BatchingRig(4, 64, gated: false, slots, clock);
        using var theirs = new BatchingRig(4, 64, gated: false, slots, clock);
        slots.Take();
        _ = theirs.Enqueue(1);
        Patience.Until(() => slots.Waiting == 1, "the other model is in line");

        Assert.Equal(2 * 50, ours.Admission.EstimateWait(4).TotalMilliseconds, 0.01);
        slots.Release();
    }

    [Fact]
    public void IdleModel_AdmitsOne_HoweverBadTheEstimate_AndTheNextOnlyAfterIt()
    {
        using var rig = new BatchingRig(maxBatch: 4);
        long deadline = rig.Clock.In(TimeSpan.FromSeconds(1));
        TimeSpan learnt = TimeSpan.FromSeconds(3);

        rig.Admission.Check(deadline, learnt);
        AdmissionTicket probe = rig.Admission.Admit(1, deadline, learnt);
        Assert.Throws<OverloadedException>(() => rig.Admission.Admit(1, deadline, learnt));
        Assert.Throws<OverloadedException>(() => rig.Admission.Check(deadline, learnt));
        probe.Dispose();
        // Another model's pictures are being prepared.
        Assert.Throws<OverloadedException>(() => rig.Admission.Admit(1, deadline, learnt, preparing: true));

        rig.Admission.Admit(1, deadline, learnt).Dispose();
    }

    [Fact]
    public async Task ModelThatRuns_IsNotIdle()
    {
        using var rig = new BatchingRig(maxBatch: 4);
        Task<ImageResult> running = rig.Enqueue(1);
        ScriptedRun run = rig.Session.NextRun();
        long deadline = rig.Clock.In(TimeSpan.FromSeconds(1));

        Assert.Throws<OverloadedException>(() => rig.Admission.Admit(1, deadline, TimeSpan.FromSeconds(3)));

        run.Finish();
        await BatchingRig.AssertAnswers(running, 1);
        Patience.Until(() => !rig.Worker.IsBusy, "the run has ended");
        rig.Admission.Admit(1, deadline, TimeSpan.FromSeconds(3)).Dispose();
    }

    [Fact]
    public void Estimate_IsWhatARefusalSays()
    {
        using var rig = new BatchingRig(maxBatch: 4);
        using AdmissionTicket others = rig.Admission.Admit(6, long.MaxValue, TimeSpan.Zero);
        TimeSpan preparation = TimeSpan.FromMilliseconds(7);

        TimeSpan estimate = rig.Admission.Estimate(1, preparation);

        OverloadedException refusal = Assert.Throws<OverloadedException>(
            () => rig.Admission.Admit(1, rig.Clock.In(TimeSpan.FromMilliseconds(1)), preparation));
        Assert.Equal(refusal.EstimatedWait, estimate);
        Assert.Equal((90 + 7) * 1.25, estimate.TotalMilliseconds, 0.01);
    }
}
