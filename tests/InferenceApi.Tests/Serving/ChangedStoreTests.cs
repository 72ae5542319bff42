using InferenceApi.Serving;
using ModelStore;
using TestKit;

namespace InferenceApi.Tests.Serving;

/// <summary>Files of the store that change under a service, by accident or on purpose.</summary>
public sealed class ChangedStoreTests
{
    private const string Damaged = "a file of it is not the one that its manifest describes.";

    [Fact]
    public async Task VersionThatIsCopiedInSlowly_ServesAsSoonAsItIsWhole()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        await rig.ClassifyAsync("one", 0);
        InstalledModel second = rig.Install("one", "better network");
        await File.WriteAllTextAsync(second.ModelPath, "better");
        await rig.Models.CheckStoreAsync().Soon();
        Assert.Equal((1, Damaged), (rig.Status("one").Manifest!.Version, rig.Status("one").Error));

        await File.AppendAllTextAsync(second.ModelPath, " network");
        await rig.Models.CheckStoreAsync().Soon();

        Assert.Equal((2, null), (rig.Status("one").Manifest!.Version, rig.Status("one").Error));
    }

    [Fact]
    public async Task VersionThatFailed_IsTriedAgain_AfterEverLongerWaits_WhileAnOlderOneServes()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        await rig.ClassifyAsync("one", 0);
        rig.Install("one");
        int opened = 0;
        rig.OnOpen = _ =>
        {
            opened++;
            throw new IOException("no room");
        };
        var triedAt = new List<int>();
        for (int minute = 0; minute < 8; minute++)
        {
            int before = opened;
            await rig.Models.CheckStoreAsync().Soon();
            if (opened > before) triedAt.Add(minute);
            rig.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([0, 1, 3, 7], triedAt);
        rig.OnOpen = null;
        rig.Clock.Advance(TimeSpan.FromMinutes(8));
        await rig.Models.CheckStoreAsync().Soon();
        Assert.Equal((2, null), (rig.Status("one").Manifest!.Version, rig.Status("one").Error));
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("truncated")]
    [InlineData("swapped")]
    public async Task ModelFileThatChanges_UnderALoadedVersion_IsTold_AndTheVersionServesOnFromMemory(string change)
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        InstalledModel second = rig.Install("one");
        await rig.ClassifyAsync("one", 0);
        if (change == "deleted") File.Delete(second.ModelPath);
        else await File.WriteAllTextAsync(second.ModelPath, change == "truncated" ? "net" : "NETWORK");

        for (int look = 0; look < 3; look++) await rig.Models.CheckStoreAsync().Soon();
        await rig.ClassifyAsync("one", 1);

        ModelStatus status = rig.Status("one");
        Assert.Equal((ModelState.Ready, 2), (status.State, status.Manifest!.Version));
        Assert.Equal(change == "deleted" ? "a file of it is missing or cannot be read." : Damaged, status.Error);
        Assert.Equal((1, 1), (rig.Loads("ok"), rig.Loads("failed")));

        await File.WriteAllTextAsync(second.ModelPath, "network");
        await rig.Models.CheckStoreAsync().Soon();
        Assert.Null(rig.Status("one").Error);
    }

    [Fact]
    public async Task MissingNativeLibrary_IsToldAsSuch()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        rig.OnOpen = _ => throw new TypeInitializationException("NativeMethods", new DllNotFoundException("libonnxruntime.so: /usr/lib"));

        var failure = await Assert.ThrowsAsync<ModelUnavailableException>(() => rig.Models.AcquireAsync("one", default).AsTask().Soon());

        Assert.Equal("a native library that it needs is missing or does not fit this machine.", failure.Reason);
    }
}
