using InferenceApi.Runtime;
using InferenceApi.Runtime.Providers;
using Microsoft.Extensions.Logging.Abstractions;
using ModelStore;
using TestKit;

namespace InferenceApi.Tests.Runtime.Cpu;

/// <summary>The real ONNX Runtime on a network small enough to be written here.</summary>
public sealed class NetworkInstanceTests : IDisposable
{
    private const int Crop = 5;
    private const int Classes = 7;

    private readonly TemporaryFolder _folder = new();
    private readonly StoreFolder _store;

    public NetworkInstanceTests() => _store = new StoreFolder(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryBatchSize_GivesEveryRowItsOwnLogits()
    {
        using IModelInstance session = Open(Install(), new RuntimeOptions { Sessions = 1, MaxBatch = 6 })[0];
        Assert.Equal((Classes, 3 * Crop * Crop, 6), (session.Classes, session.RowLength, session.MaxBatch));

        for (int rows = 6; rows >= 1; rows--)
        {
            for (int row = 0; row < rows; row++) Fill(session.InputRow(row).Span, seed: (10 * rows) + row);
            session.Run(rows);
            for (int row = 0; row < rows; row++) AssertRow(session, row);
        }
    }

    [Fact]
    public void SessionsOfOneModel_RunAtOnce_EachOnItsOwnMemory()
    {
        IReadOnlyList<IModelInstance> sessions = Open(Install(), new RuntimeOptions { Sessions = 4, MaxBatch = 2 });
        Assert.Equal(4, sessions.Count);

        Parallel.For(0, sessions.Count, index =>
        {
            for (int round = 0; round < 200; round++)
            {
                for (int row = 0; row < 2; row++) Fill(sessions[index].InputRow(row).Span, (index * 10_000) + (round * 2) + row);
                sessions[index].Run(2);
                for (int row = 0; row < 2; row++) AssertRow(sessions[index], row);
            }
        });

        // The weights are shared: the others go on when one has closed.
        sessions[0].Dispose();
        sessions[0].Dispose();
        Fill(sessions[1].InputRow(0).Span, 1);
        sessions[1].Run(1);
        AssertRow(sessions[1], 0);
        foreach (IModelInstance session in sessions) session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => sessions[1].Run(1));
    }

    [Fact]
    public void Run_InSteadyState_AllocatesNothing()
    {
        using IModelInstance session = Open(Install(), new RuntimeOptions { Sessions = 1, MaxBatch = 2 })[0];
        for (int i = 0; i < 100; i++) session.Run(1 + (i % 2));

        // Recompilation of a hot method allocates once on whichever thread meets it; what every run allocates shows in each round.
        long least = Enumerable.Range(0, 5).Min(_ =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++) session.Run(1 + (i % 2));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.Equal(0, least);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void RowsOutOfRange_AreRefused(int rows)
    {
        using IModelInstance session = Open(Install(), new RuntimeOptions { Sessions = 1, MaxBatch = 2 })[0];

        Assert.Throws<ArgumentOutOfRangeException>(() => session.Run(rows));
    }

    [Fact]
    public void FileThatIsNoNetwork_IsRefusedByName()
    {
        InstalledModel model = _store.Install("bad", [1, 2, 3, 4], Crop, Classes);

        ModelStoreException failure = Assert.Throws<ModelStoreException>(() => Open(model, new RuntimeOptions()));
        Assert.Contains(model.ModelPath, failure.Message);
    }

    [Theory]
    [InlineData(Crop, Classes + 1, null, "output")]
    [InlineData(Crop + 1, Classes, null, "input")]
    [InlineData(Crop, Classes, 1, "input")]
    public void NetworkOfAnotherShape_IsRefusedWithBothShapes(int crop, int classes, int? batch, string what)
    {
        InstalledModel model = _store.Install("other", TinyOnnx.Create(crop, classes, batch), Crop, Classes);

        ModelStoreException failure = Assert.Throws<ModelStoreException>(() => Open(model, new RuntimeOptions()));
        Assert.Contains($"its {what} is", failure.Message);
        Assert.Contains("expected Float[batch", failure.Message);
    }

    private static IReadOnlyList<IModelInstance> Open(InstalledModel model, RuntimeOptions options) =>
        NetworkOpener.Open(model, options.For(ExecutionProvider.Cpu), NullLogger.Instance).All;

    private static void Fill(Span<float> row, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < row.Length; i++) row[i] = random.NextSingle() - 0.5f;
    }

    private static void AssertRow(IModelInstance session, int row)
    {
        float[] expected = TinyOnnx.Expected(session.InputRow(row).Span, Crop, Classes);
        ReadOnlySpan<float> actual = session.OutputRow(row);
        for (int index = 0; index < Classes; index++) Assert.Equal(expected[index], actual[index], 1e-4f);
    }

    private InstalledModel Install() => _store.Install("tiny", TinyOnnx.Create(Crop, Classes), Crop, Classes);
}
