using InferenceApi.Batching;
using InferenceApi.Serving;
using ModelStore;
using TestKit;

namespace InferenceApi.Tests.Serving;

/// <summary>How models come, are shared, and go. <see cref="ServingRig"/> checks afterwards that everything was given back.</summary>
public sealed class ServedModelsTests
{
    [Fact]
    public async Task HundredFirstRequests_LoadTheModelOnce()
    {
        await using var rig = new ServingRig(queueCapacity: 200);
        rig.Install("one");
        using var mayOpen = new ManualResetEventSlim();
        rig.OnOpen = _ => Assert.True(mayOpen.Wait(Patience.Limit));

        Task[] requests = [.. Enumerable.Range(0, 100).Select(value => rig.ClassifyAsync("one", value))];
        Assert.Equal(ModelState.Loading, rig.Status("one").State);
        mayOpen.Set();
        await Task.WhenAll(requests).Soon();

        Assert.Single(rig.Opened);
        Assert.Equal(1, rig.Models.Loads);
        Assert.Equal(ModelState.Ready, rig.Status("one").State);
    }

    [Fact]
    public async Task CallerWhoLeavesDuringALoad_DoesNotCancelItForOthers()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        using var mayOpen = new ManualResetEventSlim();
        rig.OnOpen = _ => Assert.True(mayOpen.Wait(Patience.Limit));
        using var leaving = new CancellationTokenSource();
        Task left = rig.ClassifyAsync("one", 1, leaving.Token);
        Task stays = rig.ClassifyAsync("one", 2);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left.Soon());
        mayOpen.Set();

        await stays.Soon();
        Assert.Single(rig.Opened);
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("../etc")]
    [InlineData("")]
    public async Task UnknownModel_IsSaidSo_AndRemembersNothing(string name)
    {
        await using var rig = new ServingRig();

        await Assert.ThrowsAsync<UnknownModelException>(() => rig.Models.AcquireAsync(name, default).AsTask().Soon());

        Assert.Empty(rig.Models.Status());
    }

    [Fact]
    public async Task WarmUp_RunsEveryBatchSizeInUse_BeforeReady()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        ModelState? during = null;
        rig.OnRun = _ => during ??= rig.Status("one").State;

        using ModelLease lease = await rig.Models.AcquireAsync("one", default).AsTask().Soon();

        Assert.Equal(ModelState.WarmingUp, during);
        int useful = lease.Model.Curve.LargestUsefulBatch;
        Assert.Equal(Enumerable.Range(1, useful), rig.SessionOf("one").Runs.Distinct().Where(rows => rows <= useful).Order());
    }

    [Fact]
    public async Task DamagedFile_IsRefused_AndNotReadAgainForEveryRequest()
    {
        await using var rig = new ServingRig();
        InstalledModel installed = rig.Install("one");
        await File.AppendAllTextAsync(installed.ModelPath, "x");

        for (int i = 0; i < 3; i++)
        {
            ModelUnavailableException failure = await Assert.ThrowsAsync<ModelUnavailableException>(
                () => rig.Models.AcquireAsync("one", default).AsTask().Soon());
            Assert.Contains("bytes", failure.Reason);
        }

        Assert.Empty(rig.Opened);
        Assert.Equal(1, rig.Models.FailedLoads);
        Assert.Equal(ModelState.Failed, rig.Status("one").State);
        Assert.Contains("bytes", rig.Status("one").Error);

        await File.WriteAllTextAsync(installed.ModelPath, "network");
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        await rig.ClassifyAsync("one", 1);
    }

    [Fact]
    public async Task BrokenNewestVersion_AtFirstLoad_FallsBackToTheOneBefore()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        InstalledModel broken = rig.Install("one");
        await File.AppendAllTextAsync(broken.ModelPath, "x");

        using ModelLease lease = await rig.Models.AcquireAsync("one", default).AsTask().Soon();

        Assert.Equal(1, lease.Model.Manifest.Version);
        Assert.NotNull(rig.Status("one").Error);
    }

    [Fact]
    public async Task NewVersion_IsSwappedInUnderLoad_WithoutLosingARequest()
    {
        await using var rig = new ServingRig(queueCapacity: 1000);
        rig.Install("one");
        await rig.ClassifyAsync("one", 0);
        using ModelLease old = await rig.Models.AcquireAsync("one", default).AsTask().Soon();
        rig.SessionOf("one").Close();
        Task[] onOld = [.. Enumerable.Range(0, 10).Select(value => rig.ClassifyAsync(old, value))];
        ScriptedRun running = rig.SessionOf("one").NextRun();
        using var mayOpen = new ManualResetEventSlim();
        rig.OnOpen = _ => Assert.True(mayOpen.Wait(Patience.Limit));
        rig.Install("one", "better network");

        Task check = rig.Models.CheckStoreAsync();
        Task whileLoading = rig.ClassifyAsync("one", 99);
        Assert.False(whileLoading.IsCompleted);
        mayOpen.Set();
        running.Finish();
        rig.SessionOf("one").Open();
        await check.Soon();

        using (ModelLease fresh = await rig.Models.AcquireAsync("one", default).AsTask().Soon())
            Assert.Equal(2, fresh.Model.Manifest.Version);
        await Task.WhenAll(onOld).Soon();
        await whileLoading.Soon();
        // The old one stays open for whoever still has it, and takes their images.
        Assert.Equal(0, rig.SessionOf("one", 1).TimesDisposed);
        await rig.ClassifyAsync(old, 100);
        old.Dispose();
        Patience.Until(() => rig.SessionOf("one", 1).TimesDisposed == 1, "the old version closes after its last lease");
    }

    [Fact]
    public async Task BrokenNewVersion_IsRefusedOnce_AndTheOldOneKeepsServing()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        await rig.ClassifyAsync("one", 0);
        int opened = 0;
        rig.OnOpen = model =>
        {
            if (model.Manifest.Version != 2) return;
            Interlocked.Increment(ref opened);
            throw new ModelStoreException("this network is broken");
        };
        rig.Install("one");

        for (int i = 0; i < 3; i++) await rig.Models.CheckStoreAsync().Soon();

        Assert.Equal(1, opened);
        Assert.Equal(1, rig.Models.FailedLoads);
        await rig.ClassifyAsync("one", 1);
        ModelStatus status = rig.Status("one");
        Assert.Equal(ModelState.Ready, status.State);
        Assert.Equal(1, status.Manifest!.Version);
        Assert.Equal("this network is broken", status.Error);

        rig.Install("one");
        await rig.Models.CheckStoreAsync().Soon();
        Assert.Equal(3, rig.Status("one").Manifest!.Version);
    }

    [Fact]
    public async Task BrokenVersionRemovedAndInstalledAgain_IsTriedAgain()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        await rig.ClassifyAsync("one", 0);
        InstalledModel broken = rig.Install("one");
        await File.AppendAllTextAsync(broken.ModelPath, "x");
        await rig.Models.CheckStoreAsync().Soon();
        Assert.Equal(1, rig.Status("one").Manifest!.Version);

        rig.Store.Remove("one", 2);
        rig.Install("one");
        await rig.Models.CheckStoreAsync().Soon();

        Assert.Equal(2, rig.Status("one").Manifest!.Version);
    }

    [Fact]
    public async Task Unload_AnswersWhatWasAccepted_ThenLoadsAgainOnDemand()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        await rig.ClassifyAsync("one", 0);
        ScriptedSession session = rig.SessionOf("one");
        session.Close();
        Task[] accepted = [.. Enumerable.Range(0, 9).Select(value => rig.ClassifyAsync("one", value))];
        ScriptedRun running = session.NextRun();

        Task<bool> unloading = rig.Models.UnloadAsync("one");

        Assert.Equal(ModelState.Draining, rig.Status("one").State);
        Assert.False(unloading.IsCompleted);
        running.Finish();
        session.Open();
        Assert.True(await unloading.Soon());
        await Task.WhenAll(accepted).Soon();
        Assert.Equal(1, session.TimesDisposed);
        Assert.Equal(ModelState.Unloaded, rig.Status("one").State);
        Assert.False(await rig.Models.UnloadAsync("one").Soon());
        await rig.ClassifyAsync("one", 1);
        Assert.Equal(2, rig.Opened.Count);
    }

    [Fact]
    public async Task Stop_AnswersWhatWasAccepted_ThenRefuses()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        await rig.ClassifyAsync("one", 0);
        ScriptedSession session = rig.SessionOf("one");
        session.Close();
        Task[] accepted = [.. Enumerable.Range(0, 9).Select(value => rig.ClassifyAsync("one", value))];
        ScriptedRun running = session.NextRun();

        Task stopping = rig.Models.StopAsync(default);

        await Assert.ThrowsAsync<ModelUnavailableException>(() => rig.Models.AcquireAsync("one", default).AsTask().Soon());
        Assert.False(stopping.IsCompleted);
        running.Finish();
        session.Open();
        await stopping.Soon();
        await Task.WhenAll(accepted).Soon();
    }

    [Fact]
    public async Task Stop_InAHurry_DoesNotWaitForLeasesWithNothingInTheLine()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        using ModelLease slow = await rig.Models.AcquireAsync("one", default).AsTask().Soon();
        using AdmissionTicket ticket = slow.Model.Admit(1, long.MaxValue, TimeSpan.Zero);
        using var hurry = new CancellationTokenSource();
        Task stopping = rig.Models.StopAsync(hurry.Token);
        Assert.False(stopping.IsCompleted);

        await hurry.CancelAsync();

        await stopping.Soon();
        await Assert.ThrowsAsync<ModelUnavailableException>(() => slow.Model.EnqueueAsync(ticket, rig.Images.Rent(1), default).Soon());
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
        await Assert.ThrowsAsync<ModelUnavailableException>(() => request.Soon());
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
        Assert.InRange(rig.Models.MemoryBytes, 1, 5_000);
        for (int round = 0; round < 3; round++)
        {
            foreach (string name in new[] { "one", "two", "three" }) await rig.ClassifyAsync(name, round);
        }

        Assert.InRange(rig.Models.MemoryBytes, 1, 5_000);
        Assert.True(rig.Models.Evictions >= 3);
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
    public async Task FailedRuns_ArePassedToTheObserver()
    {
        await using var rig = new ServingRig();
        var runs = new System.Collections.Concurrent.ConcurrentQueue<BatchRun>();
        rig.Models.BatchObserver = runs.Enqueue;
        rig.Install("one");
        await rig.ClassifyAsync("one", 1);
        rig.SessionOf("one").OnRun = _ => throw new InvalidOperationException("no memory");

        await Assert.ThrowsAsync<RunFailedException>(() => rig.ClassifyAsync("one", 2));

        Patience.Until(() => runs.Count == 2, "the observer was told of both runs");
        Assert.Equal([false, true], runs.Select(run => run.Failed));
        Assert.All(runs, run => Assert.Equal("one", run.Model));
    }
}
