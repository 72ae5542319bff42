using InferenceApi.Runtime;
using InferenceApi.Runtime.Providers;
using Microsoft.Extensions.Logging.Abstractions;
using ModelStore;
using TestKit;

namespace InferenceApi.Tests.Runtime;

/// <summary>What the plan says is what is opened.</summary>
public sealed class OpenedModelTests : IDisposable
{
    private const int Crop = 5, Classes = 3;

    private readonly TemporaryFolder _folder = new();
    private readonly InstalledModel _model;

    public OpenedModelTests() =>
        _model = new StoreFolder(_folder.Path).Install("tiny", TinyOnnx.Create(Crop, Classes), Crop, Classes);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, 4, 0)]
    [InlineData(0, 3, 1)]
    [InlineData(0, 1, 5)]
    [InlineData(3, 2, 6)]
    public void Memory_IsEstimatedForTheRowsThatTheInstancesHold(int sessions, int threads, int maxBatch)
    {
        var options = new RuntimeOptions { Sessions = sessions, IntraOpThreads = threads, MaxBatch = maxBatch };
        RuntimePlan plan = options.For(ExecutionProvider.Cpu);

        using OpenedModel opened = NetworkOpener.Open(_model, plan, NullLogger.Instance);

        int rows = opened.All.Sum(instance => instance.MaxBatch);
        int rowBytes = sizeof(float) * (opened.RowLength + Classes);
        long weights = (long)(_model.Manifest.Model.Bytes * 1.15);
        Assert.Equal(weights + ((long)rows * rowBytes), OpenedModel.EstimateMemory(_model.Manifest, plan));
        Assert.Equal(plan.Instances, opened.Instances.Count);
        Assert.Equal((plan.IsAdaptive, ExecutionProvider.Cpu), (opened.AllCores is not null, opened.Provider));
    }

    [Theory]
    [InlineData(ExecutionProvider.Cuda, true, 1)]
    [InlineData(ExecutionProvider.Cuda, false, 5)]
    [InlineData(ExecutionProvider.TensorRt, true, 5)]
    public void MemoryOnGpus_HasTheWeightsForEveryInstanceAndPlan(ExecutionProvider provider, bool graphs, int copies)
    {
        // Batch sizes 1, 2, 3, 4, 6.
        RuntimePlan plan = new RuntimeOptions { DeviceIds = [0, 1], MaxBatch = 6, Cuda = new() { Graphs = graphs } }.For(provider);

        long row = sizeof(float) * ((3 * Crop * Crop) + Classes);
        long expected = 2 * 2 * ((copies * _model.Manifest.Model.Bytes) + (2 * 6 * row));
        Assert.Equal(expected, OpenedModel.EstimateMemory(_model.Manifest, plan));
    }
}
