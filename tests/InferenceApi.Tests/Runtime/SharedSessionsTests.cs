using InferenceApi.Runtime;
using InferenceApi.Runtime.GraphCache;
using InferenceApi.Runtime.Providers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;
using ModelStore;
using TestKit;

namespace InferenceApi.Tests.Runtime;

/// <summary>Sessions on all cores and on one, of one model.</summary>
public sealed class SharedSessionsTests : IDisposable
{
    private const int Crop = 5;
    private const int Classes = 300;
    private const int Cores = 3;

    private readonly TemporaryFolder _folder = new();
    private readonly StoreFolder _store;

    private readonly InstalledModel _model;

    public SharedSessionsTests()
    {
        _store = new StoreFolder(_folder.Path);
        _model = _store.Install("tiny", TinyOnnx.Create(Crop, Classes), Crop, Classes);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OneSessionOnAllCores_AndOneForEach_AnswerAlike(bool cached)
    {
        IReadOnlyList<IModelInstance> sessions = Open(cached);

        Assert.Equal([Cores, 1, 1, 1], sessions.Select(session => session.Slots));
        Assert.Equal([Cores - 1, 1, 1, 1], sessions.Select(session => session.MaxBatch));
        Parallel.ForEach(sessions, session =>
        {
            for (int round = 0; round < 50; round++) AssertAnswers(session, round);
        });

        // The weights are there until the last has closed.
        for (int i = 0; i < sessions.Count; i++)
        {
            AssertAnswers(sessions[^1], i);
            sessions[i].Dispose();
        }
    }

    [Fact]
    public async Task ManyOpenings_OfNoEntryYet_AllShare()
    {
        IReadOnlyList<IModelInstance>[] opened = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Open(cached: true))));

        foreach (IReadOnlyList<IModelInstance> sessions in opened)
        {
            Assert.Equal([Cores, 1, 1, 1], sessions.Select(session => session.Slots));
            foreach (IModelInstance session in sessions) session.Dispose();
        }
    }

    [Fact]
    public void AllSessions_ReadTheWeightsFromOneMapping_WhichEndsWithThem()
    {
        if (!OperatingSystem.IsLinux()) return;
        IReadOnlyList<IModelInstance> sessions = Open(cached: true);
        foreach (IModelInstance session in sessions) AssertAnswers(session, 1);

        Assert.Equal(1, Mappings());

        foreach (IModelInstance session in sessions) session.Dispose();
        Assert.Equal(0, Mappings());
    }

    [Fact]
    public void WithoutACache_TheFilesAreGoneOnceTheSessionsAreOpen()
    {
        string temporary = Directory.CreateDirectory(_folder.File("temporary")).FullName;
        RuntimePlan plan = new RuntimeOptions { IntraOpThreads = 1 }.For(ExecutionProvider.Cpu);
        OnnxEnvironment.EnsureCreated(NullLogger.Instance);

        OptimizedGraph graph = OptimizedGraphCache.OpenTemporary(temporary, _model, plan, NullLogger.Instance)!;
        Assert.Single(Directory.GetDirectories(temporary));
        InferenceSession session = graph.OpenSession(plan);
        graph.Dispose();

        Assert.Empty(Directory.GetFileSystemEntries(temporary));
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(new float[3 * Crop * Crop], [1, 3, Crop, Crop]);
        using var run = new RunOptions();
        using (IDisposableReadOnlyCollection<OrtValue> answer = session.Run(run, session.InputNames, [input], session.OutputNames))
            Assert.Equal(TinyOnnx.Expected(new float[3 * Crop * Crop], Crop, Classes), answer[0].GetTensorDataAsSpan<float>().ToArray());
        graph.Leave(session);
    }

    [Fact]
    public void BrokenModel_LeavesNothingInTheTemporaryFolder()
    {
        InstalledModel model = _store.Install("bad", [1, 2, 3], Crop, Classes);
        string temporary = Directory.CreateDirectory(_folder.File("temporary")).FullName;
        OnnxEnvironment.EnsureCreated(NullLogger.Instance);

        Assert.Null(
            OptimizedGraphCache.OpenTemporary(temporary, model, new RuntimeOptions().For(ExecutionProvider.Cpu), NullLogger.Instance));

        Assert.Empty(Directory.GetFileSystemEntries(temporary));
    }

    [Fact]
    public void WhereTheGraphCannotBeKept_OneSessionTakesAllCores()
    {
        File.WriteAllText(_folder.File("cache"), "a file");
        IReadOnlyList<IModelInstance> sessions = Open(cached: true);

        IModelInstance session = Assert.Single(sessions);

        Assert.Equal((Cores, 8), (session.Slots, session.MaxBatch));
        AssertAnswers(session, 1);
        session.Dispose();
    }

    [Fact]
    public void BrokenModel_IsRefusedByName()
    {
        InstalledModel model = _store.Install("bad", [1, 2, 3], Crop, Classes);

        var failure = Assert.Throws<ModelStoreException>(
            () => NetworkOpener.Open(
                model, new RuntimeOptions { IntraOpThreads = Cores }.For(ExecutionProvider.Cpu), NullLogger.Instance).All);
        Assert.Contains(model.ModelPath, failure.Message);
    }

    private int Mappings() =>
        File.ReadLines("/proc/self/maps")
            .Count(line => line.Contains(_folder.Path, StringComparison.Ordinal) && line.EndsWith("weights.bin", StringComparison.Ordinal));

    private IReadOnlyList<IModelInstance> Open(bool cached)
    {
        var options = new RuntimeOptions { IntraOpThreads = Cores, OptimizedGraphCache = cached ? _folder.File("cache") : null };
        return NetworkOpener.Open(_model, options.For(ExecutionProvider.Cpu), NullLogger.Instance).All;
    }

    private static void AssertAnswers(IModelInstance session, int seed)
    {
        var random = new Random(seed);
        foreach (ref float value in session.InputRow(0).Span) value = random.NextSingle() - 0.5f;
        session.Run(1);
        float[] expected = TinyOnnx.Expected(session.InputRow(0).Span, Crop, Classes);
        for (int index = 0; index < Classes; index++) Assert.Equal(expected[index], session.OutputRow(0)[index], 1e-3f);
    }
}
