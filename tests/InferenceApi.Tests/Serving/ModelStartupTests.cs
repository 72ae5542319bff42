using InferenceApi.Serving;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TestKit;

namespace InferenceApi.Tests.Serving;

public sealed class ModelStartupTests
{
    [Fact]
    public async Task Ready_OnlyAfterEveryPreloadedModelIsWarm_AndItAnswersUntilItIsStopped()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        rig.Install("two");
        using var mayOpen = new ManualResetEventSlim();
        rig.OnOpen = model => Assert.True(model.Manifest.Name == "one" || mayOpen.Wait(Patience.Limit));
        var readiness = new ReadinessState();
        using ModelStartup startup = Create(rig, readiness, "one", "two");

        await startup.StartAsync(default);
        Patience.Until(() => rig.Status("two").State == ModelState.Loading, "model two is being loaded");
        Assert.False(readiness.IsReady);
        mayOpen.Set();
        Patience.Until(() => readiness.IsReady, "both models are warm");

        // Not ready, and yet it answers until it is stopped.
        readiness.Stop();
        await rig.ClassifyAsync("one", 1);
        await startup.StopAsync(default).Soon();
        await Assert.ThrowsAsync<ServiceStoppingException>(() => rig.ClassifyAsync("one", 1));
    }

    [Fact]
    public async Task ModelThatIsMissing_KeepsItNotReady_UntilItIsInstalled()
    {
        await using var rig = new ServingRig();
        var readiness = new ReadinessState();
        using ModelStartup startup = Create(rig, readiness, "one");
        await startup.StartAsync(default);
        Patience.Until(() => readiness.Reason.Contains("'one'", StringComparison.Ordinal), "the missing model is named");

        rig.Install("one");
        Patience.Until(
            () =>
            {
                rig.Clock.Advance(rig.Serving.StorePoll);
                return readiness.IsReady;
            },
            "a later poll finds it");
        await startup.StopAsync(default).Soon();
    }

    [Fact]
    public async Task ModelThatBecomesWarm_WhileTheServiceStops_DoesNotMakeItReady()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        var readiness = new ReadinessState();
        using ModelStartup startup = Create(rig, readiness, "one");
        readiness.Stop();

        await startup.StartAsync(default);
        Patience.Until(() => rig.Status("one").State == ModelState.Ready, "the model is warm");

        await startup.StopAsync(default).Soon();
        Assert.False(readiness.IsReady);
        Assert.Equal("The service is shutting down.", readiness.Reason);
    }

    [Fact]
    public async Task NewVersion_IsFoundByThePoll()
    {
        await using var rig = new ServingRig();
        rig.Install("one");
        var readiness = new ReadinessState();
        using ModelStartup startup = Create(rig, readiness, "one");
        await startup.StartAsync(default);
        Patience.Until(() => readiness.IsReady, "the first version is warm");

        rig.Install("one");
        Patience.Until(
            () =>
            {
                rig.Clock.Advance(rig.Serving.StorePoll);
                return rig.Status("one").Manifest!.Version == 2 && rig.Status("one").State == ModelState.Ready && rig.Loads("ok") == 2;
            },
            "a later poll finds the new version");
        await startup.StopAsync(default).Soon();
    }

    private static ModelStartup Create(ServingRig rig, ReadinessState readiness, params string[] preload)
    {
        var options = new ServingOptions { Store = rig.Serving.Store, Preload = preload };
        return new ModelStartup(rig.Models, readiness, Options.Create(options), rig.Clock, NullLogger<ModelStartup>.Instance);
    }
}
