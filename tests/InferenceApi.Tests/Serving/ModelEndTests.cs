using InferenceApi.Batching;
using InferenceApi.Serving;
using TestKit;

namespace InferenceApi.Tests.Serving;

/// <summary>How a served model ends: evicted, stopped; always after answering what it accepted.</summary>
public sealed class ModelEndTests
{
    [Fact]
    public async Task Eviction_AnswersWhatWasAccepted_ThenLoadsAgainOnDemand()
    {
        await using var rig = new ServingRig(memoryBudget: 3_000);
        string network = new('x', 2_000);
        rig.Install("one", network);
        rig.Install("two", network);
        await rig.ClassifyAsync("one", 0);
        ScriptedInstance session = rig.SessionOf("one");
        session.Close();
        Task[] accepted = [.. Enumerable.Range(0, 9).Select(value => rig.ClassifyAsync("one", value))];
        ScriptedRun running = session.NextRun();

        Task evicting = rig.ClassifyAsync("two", 1);

        Patience.Until(() => rig.Status("one").State == ModelState.Draining, "model one is being evicted");
        Assert.False(evicting.IsCompleted);
        running.Finish();
        session.Open();
        await evicting.Soon();
        await Task.WhenAll(accepted).Soon();
        Assert.Equal(1, session.TimesDisposed);
        Assert.Equal(ModelState.Unloaded, rig.Status("one").State);
        await rig.ClassifyAsync("one", 1);
        Assert.Equal(3, rig.Opened.Count);
    }

    [Fact]
    public async Task Stop_AnswersWhatWasAccepted_ThenRefuses()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        await rig.ClassifyAsync("one", 0);
        ScriptedInstance session = rig.SessionOf("one");
        session.Close();
        Task[] accepted = [.. Enumerable.Range(0, 9).Select(value => rig.ClassifyAsync("one", value))];
        ScriptedRun running = session.NextRun();

        Task stopping = rig.Models.StopAsync(default);

        await Assert.ThrowsAsync<ServiceStoppingException>(() => rig.Models.AcquireAsync("one", default).AsTask().Soon());
        Assert.False(stopping.IsCompleted);
        running.Finish();
        session.Open();
        await stopping.Soon();
        await Task.WhenAll(accepted).Soon();
    }

    [Fact]
    public async Task Stop_Cancelled_DoesNotWaitForLeasesWithNothingInTheLine()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        using ModelLease slow = await rig.Models.AcquireAsync("one", default).AsTask().Soon();
        using AdmissionTicket ticket = slow.Model.Admit(1, long.MaxValue, TimeSpan.Zero);
        using var impatience = new CancellationTokenSource();
        Task stopping = rig.Models.StopAsync(impatience.Token);
        Assert.False(stopping.IsCompleted);

        await impatience.CancelAsync();

        await stopping.Soon();
        await Assert.ThrowsAsync<QueueClosedException>(() => ticket.EnqueueAsync(rig.Images.Rent(1), default).Soon());
    }

    [Fact]
    public async Task StopDuringALoad_EndsTheLoad()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        using var opening = new ManualResetEventSlim();
        using var mayOpen = new ManualResetEventSlim();
        rig.OnOpen = _ =>
        {
            opening.Set();
            Assert.True(mayOpen.Wait(Patience.Limit));
        };
        Task request = rig.ClassifyAsync("one", 1);
        Assert.True(opening.Wait(Patience.Limit));

        Task stopping = rig.Models.StopAsync(default);
        mayOpen.Set();

        await stopping.Soon();
        await Assert.ThrowsAsync<ServiceStoppingException>(() => request.Soon());
    }

    [Fact]
    public async Task MemoryBudget_EvictsTheLongestUnused_AndStillAnswersAll()
    {
        await using var rig = new ServingRig(memoryBudget: 5_000);
        string network = new('x', 2_000);
        foreach (string name in new[] { "one", "two", "three" }) rig.Install(name, network);
        await rig.ClassifyAsync("one", 1);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await rig.ClassifyAsync("two", 2);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await rig.ClassifyAsync("one", 3);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));

        await rig.ClassifyAsync("three", 4);

        Assert.Equal(ModelState.Ready, rig.Status("one").State);
        Assert.Equal(ModelState.Unloaded, rig.Status("two").State);
        Assert.Equal(ModelState.Ready, rig.Status("three").State);
        Assert.InRange(rig.Models.Status().Sum(model => model.MemoryBytes), 1, 5_000);
        for (int round = 0; round < 3; round++)
        {
            foreach (string name in new[] { "one", "two", "three" }) await rig.ClassifyAsync(name, round);
        }

        Assert.InRange(rig.Models.Status().Sum(model => model.MemoryBytes), 1, 5_000);
        Assert.True(rig.Loads("ok") >= 6, "every round of three evicts one at least");
    }

    [Fact]
    public async Task TwoHotModels_WithRoomForOne_AreLoadedOnceEach_AndAnswerAll()
    {
        await using var rig = new ServingRig(memoryBudget: 3_000);
        string network = new('x', 2_000);
        rig.Install("one", network);
        rig.Install("two", network);
        using var mayOpen = new ManualResetEventSlim();
        rig.OnOpen = _ => Assert.True(mayOpen.Wait(Patience.Limit));
        using var leaving = new CancellationTokenSource();
        Task[] leavers = [.. Enumerable.Range(0, 5).Select(_ => rig.ClassifyAsync("one", 1, leaving.Token))];
        Task[] requests = [.. Enumerable.Range(0, 40).Select(i => rig.ClassifyAsync(i % 2 == 0 ? "one" : "two", i))];

        await leaving.CancelAsync();
        foreach (Task left in leavers) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left.Soon());
        mayOpen.Set();

        await Task.WhenAll(requests).Soon();
        Assert.Equal(2, rig.Opened.Count);
    }

    [Fact]
    public async Task Eviction_WaitsForTheLeaseOfABusyModel()
    {
        await using var rig = new ServingRig(memoryBudget: 3_000);
        string network = new('x', 2_000);
        rig.Install("one", network);
        rig.Install("two", network);
        ModelLease busy = await rig.Models.AcquireAsync("one", default).AsTask().Soon();

        Task other = rig.ClassifyAsync("two", 2);
        Patience.Until(() => rig.Status("one").State == ModelState.Draining, "model one is being evicted");
        Assert.False(other.IsCompleted);
        await rig.ClassifyAsync(busy, 1);
        busy.Dispose();

        await other.Soon();
        Assert.Equal(1, rig.SessionOf("one").TimesDisposed);
    }

    [Fact]
    public async Task Runs_AreCounted_AlsoThoseThatFailed()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        await rig.ClassifyAsync("one", 1);
        rig.SessionOf("one").OnRun = _ => throw new InvalidOperationException("no memory");

        await Assert.ThrowsAsync<RunFailedException>(() => rig.ClassifyAsync("one", 2));

        Patience.Until(() => rig.CountedRuns("one") == 2, "both runs were counted");
    }
}
