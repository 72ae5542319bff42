using InferenceApi.Runtime;
using InferenceApi.Serving;
using TestKit;

namespace InferenceApi.Tests.Serving;

public sealed class MemoryBudgetTests
{
    private const long GiB = 1L << 30;

    private static readonly RuntimePlan FourCores = new RuntimeOptions { IntraOpThreads = 4 }.For(ExecutionProvider.Cpu);

    [Fact]
    public void Budget_IsTheOneThatIsSet_ElseWhatTheContainerLeaves_ElseNone()
    {
        Assert.Equal(1000, MemoryBudget.Of(new ServingOptions { MemoryBudget = 1000 }, FourCores, 2 * GiB).Bytes);
        Assert.Equal((2 * GiB) - 480_000_000, MemoryBudget.Of(new ServingOptions(), FourCores, 2 * GiB).Bytes);
        Assert.Equal(MemoryBudget.None, MemoryBudget.Of(new ServingOptions(), FourCores, null));
        Assert.Equal(100_000_000, MemoryBudget.Of(new ServingOptions(), FourCores, 400_000_000).Bytes);
        RuntimePlan gpu = new RuntimeOptions().For(ExecutionProvider.Cuda);
        Assert.Equal(MemoryBudget.None, MemoryBudget.Of(new ServingOptions(), gpu, 2 * GiB));
    }

    [Fact]
    public async Task ModelThatAloneIsLarger_IsRefusedWithAReason_AndEvictsNobody()
    {
        await using var rig = new ServingRig(memoryBudget: 5_000);
        rig.Install("small", new string('x', 2_000));
        rig.Install("large", new string('x', 20_000));
        await rig.ClassifyAsync("small", 1);

        ModelUnavailableException refused = await Assert.ThrowsAsync<ModelUnavailableException>(
            () => rig.Models.AcquireAsync("large", default).AsTask().Soon());

        Assert.Contains("Serving:MemoryBudget", refused.Message, StringComparison.Ordinal);
        Assert.Equal(ModelState.Failed, rig.Status("large").State);
        Assert.Equal(ModelState.Ready, rig.Status("small").State);
        Assert.Single(rig.Opened);
    }

    [Fact]
    public async Task NewVersionThatDoesNotFitBesideItsOldOne_ComesAfterIt_AndRequestsWait()
    {
        await using var rig = new ServingRig(memoryBudget: 3_000);
        rig.Install("one", new string('x', 2_000));
        await rig.ClassifyAsync("one", 1);
        rig.Install("one", new string('y', 2_000));
        var during = new List<long>();
        Task? waiting = null;
        rig.OnOpen = _ =>
        {
            during.Add(rig.Models.Status().Sum(model => model.MemoryBytes));
            waiting = rig.ClassifyAsync("one", 2);
        };

        await rig.Models.CheckStoreAsync().Soon();

        await waiting!.Soon();
        Assert.Equal([0], during);
        Assert.Equal(2, rig.Status("one").Manifest!.Version);
        Assert.Equal(1, rig.SessionOf("one").TimesDisposed);
    }
}
