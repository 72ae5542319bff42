using InferenceApi.Serving;
using TestKit;

namespace InferenceApi.Tests.Serving;

/// <summary>A store that does not answer: who has what is in memory never notices, the others are told in time.</summary>
public sealed class BlockedStoreTests
{
    [Fact]
    public async Task LoadedModel_AnswersOn_AndListingsDoNotWait()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        await rig.ClassifyAsync("one", 0);
        using var blocked = new BlockedManifest(rig.Store, "two");
        Task check = rig.Models.CheckStoreAsync();

        IReadOnlyList<ModelStatus>[] listings = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Task.Run(rig.Models.Status))).Soon();
        for (int value = 1; value < 20; value++) await rig.ClassifyAsync("one", value);

        Assert.All(listings, listing => Assert.Equal("one", Assert.Single(listing).Name));
        Assert.False(check.IsCompleted);
        rig.Clock.Advance(StoreReader.Patience);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => check.Soon());
    }

    [Fact]
    public async Task LoadThatBlocks_HoldsUpNoOtherModel()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        rig.Install("two");
        await rig.Models.CheckStoreAsync().Soon();
        File.Delete(Path.Combine(rig.Store.FolderOf("two", 1), "manifest.json"));
        using var blocked = new BlockedManifest(rig.Store, "two");
        Task<ModelLease> hanging = rig.Models.AcquireAsync("two", default).AsTask();
        using FileStream held = await blocked.ReaderAsync().Soon();

        await rig.ClassifyAsync("one", 1).Soon();

        Assert.False(hanging.IsCompleted);
    }

    [Fact]
    public async Task UnknownNames_WaitTogether_AndNoLongerThanIsPromised()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        using var blocked = new BlockedManifest(rig.Store, "two");
        Task<ServedModel?>[] asked = [.. Enumerable.Range(0, 20).Select(index => rig.Models.FindAsync($"m{index}", default).AsTask())];
        Task<ModelLease> wanted = rig.Models.AcquireAsync("two", default).AsTask();

        rig.Clock.Advance(StoreReader.Patience);

        foreach (Task<ServedModel?> each in asked)
            Assert.Equal(
                "The model store does not respond.", (await Assert.ThrowsAsync<StoreUnavailableException>(() => each.Soon())).Message);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => wanted.Soon());
    }

    [Fact]
    public async Task AgeOfWhatIsKnown_GrowsWhileTheStoreBlocks()
    {
        var store = new ModelStore.StoreFolder(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N")));
        var clock = new ManualClock();
        var reader = new StoreReader(store, clock);
        clock.Advance(TimeSpan.FromSeconds(5));
        await reader.RefreshAsync(default).Soon();
        Assert.Equal(0, reader.Age.TotalSeconds, 3);

        try
        {
            using (new BlockedManifest(store, "two"))
            {
                Task look = reader.RefreshAsync(default);
                clock.Advance(TimeSpan.FromSeconds(7));
                await Assert.ThrowsAsync<TimeoutException>(() => look.Soon());
                Assert.Equal(7, reader.Age.TotalSeconds, 3);
            }
        }
        finally
        {
            Directory.Delete(store.Root, recursive: true);
        }
    }
}
