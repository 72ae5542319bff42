using InferenceApi.Runtime;
using InferenceApi.Runtime.Gpu;
using ModelStore;
using TestKit;

namespace InferenceApi.Tests.Runtime.Gpu;

/// <summary>The GPU's way of opening a network, one session a size, on ONNX Runtime's CPU provider.</summary>
public sealed class CudaGraphModelTests : IDisposable
{
    private const int Crop = 5, Classes = 7;

    private readonly TemporaryFolder _folder = new();
    private readonly StoreFolder _store;

    public CudaGraphModelTests() => _store = new StoreFolder(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryNumberOfRows_GivesEveryRowItsOwnLogits()
    {
        RuntimePlan plan = new RuntimeOptions { MaxBatch = 20, Sessions = 2 }.For(ExecutionProvider.Cpu);
        IReadOnlyList<IModelInstance> sessions =
            CudaGraphModel.Open(_store.Install("tiny", TinyOnnx.Create(Crop, Classes), Crop, Classes), plan);
        Assert.Equal(2, sessions.Count);
        var random = new Random(1);
        foreach (IModelInstance session in sessions)
        {
            for (int rows = 20; rows >= 1; rows--)
            {
                for (int row = 0; row < rows; row++)
                {
                    foreach (ref float value in session.InputRow(row).Span) value = random.NextSingle() - 0.5f;
                }

                session.Run(rows);
                for (int row = 0; row < rows; row++)
                {
                    float[] expected = TinyOnnx.Expected(session.InputRow(row).Span, Crop, Classes);
                    ReadOnlySpan<float> actual = session.OutputRow(row);
                    for (int index = 0; index < Classes; index++) Assert.Equal(expected[index], actual[index], 1e-4f);
                }
            }

            session.Dispose();
        }
    }

    [Fact]
    public void NetworkOfAnotherShape_IsRefused()
    {
        InstalledModel model = _store.Install("other", TinyOnnx.Create(Crop, Classes + 1), Crop, Classes);

        var failure = Assert.Throws<ModelStoreException>(
            () => CudaGraphModel.Open(model, new RuntimeOptions { Sessions = 1 }.For(ExecutionProvider.Cpu)));
        Assert.Contains("its output is", failure.Message);
    }

    [Fact]
    public void NoNetwork_IsRefusedByName()
    {
        InstalledModel model = _store.Install("bad", [1, 2, 3], Crop, Classes);

        var failure = Assert.Throws<ModelStoreException>(
            () => CudaGraphModel.Open(model, new RuntimeOptions { Sessions = 1 }.For(ExecutionProvider.Cpu)));
        Assert.Contains(model.ModelPath, failure.Message);
    }
}
