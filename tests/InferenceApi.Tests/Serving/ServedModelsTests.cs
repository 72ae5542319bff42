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
        Assert.Equal(1, rig.Loads("ok"));
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
        int useful = lease.Model.RunTimes.Curve.LargestUsefulBatch;
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
            Assert.Equal("a file of it is not the one that its manifest describes.", failure.Reason);
        }

        Assert.Empty(rig.Opened);
        Assert.Equal(1, rig.Loads("failed"));
        Assert.Equal(ModelState.Failed, rig.Status("one").State);
        Assert.Equal("a file of it is not the one that its manifest describes.", rig.Status("one").Error);

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
        Assert.Equal(1, rig.Loads("failed"));
        await rig.ClassifyAsync("one", 1);
        ModelStatus status = rig.Status("one");
        Assert.Equal(ModelState.Ready, status.State);
        Assert.Equal(1, status.Manifest!.Version);
        Assert.Equal("it could not be loaded.", status.Error);

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
}
