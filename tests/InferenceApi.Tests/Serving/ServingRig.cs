using System.Collections.Concurrent;
using System.Text;
using InferenceApi.Batching;
using InferenceApi.Runtime;
using InferenceApi.Serving;
using Microsoft.Extensions.Logging.Abstractions;
using ModelStore;
using TestKit;

namespace InferenceApi.Tests.Serving;

/// <summary>
/// A store on disk, a clock, and models that are scripted. Disposing it stops everything and checks that all memory came back and every
/// session was closed once.
/// </summary>
internal sealed class ServingRig : IAsyncDisposable
{
    public const int RowLength = 3;
    public const int Classes = 4;

    private readonly TemporaryFolder _folder = new();
    private readonly int _cores;
    private readonly TestMetrics _metrics = new();

    /// <param name="memoryBudget">Bytes; 0 for no limit.</param>
    /// <param name="queueCapacity">Images of one model.</param>
    /// <param name="cores">More than one: models adapt to them.</param>
    public ServingRig(long memoryBudget = 0, int queueCapacity = 64, int cores = 1)
    {
        _cores = cores;
        Store = new StoreFolder(_folder.Path);
        Slots = new ComputeSlots(cores);
        Serving = new ServingOptions { Store = _folder.Path, QueueCapacity = queueCapacity };
        var loader = new ModelLoader(Open, Slots, new RuntimeOptions { MaxBatch = 4, Sessions = 1 }.For(ExecutionProvider.Cpu), Serving,
            _metrics.Metrics, Clock, NullLogger<ModelLoader>.Instance);
        Models = new ServedModels(
            Store, loader, new MemoryBudget(memoryBudget), Serving, () => TimeSpan.Zero, _metrics.Metrics, Clock,
            NullLogger<ServedModels>.Instance);
    }

    public StoreFolder Store { get; }

    public ServingOptions Serving { get; }

    public ManualClock Clock { get; } = new();

    public ComputeSlots Slots { get; }

    public ServedModels Models { get; }

    /// <summary>Loads that ended so: ok or failed.</summary>
    public int Loads(string outcome) => _metrics.Count("inference.model.loads", outcome);

    /// <summary>Runs of a model that were counted.</summary>
    public int CountedRuns(string model) => _metrics.Count("inference.batch.size", model);

    public CountedImages Images { get; } = new(RowLength);

    /// <summary>Every session opened so far, with the model it was opened for.</summary>
    public ConcurrentQueue<(InstalledModel Model, ScriptedInstance Session)> Opened { get; } = new();

    /// <summary>Called when a model is opened, on the loading thread; may wait or throw.</summary>
    public Action<InstalledModel>? OnOpen { get; set; }

    /// <summary>Given to sessions opened from now on.</summary>
    public Action<int>? OnRun { get; set; }

    /// <summary>Asked in every run, with the number of runs the session has made; true makes it fail.</summary>
    public Func<int, bool>? FailRun { get; set; }

    public ScriptedInstance SessionOf(string name, int version = 1) =>
        Opened.Last(each => each.Model.Manifest.Name == name && each.Model.Manifest.Version == version).Session;

    /// <summary>Installs a next version, whose network is the given text, and lets it be known.</summary>
    public InstalledModel Install(string name, string network = "network")
    {
        InstalledModel installed = Store.Install(name, Encoding.ASCII.GetBytes(network), crop: 1, Classes);
        Models.LookAtStoreAsync(default).Soon().GetAwaiter().GetResult();
        return installed;
    }

    /// <summary>The whole way of one image of this value; fails unless the answer is its own.</summary>
    public async Task ClassifyAsync(string name, float value, CancellationToken cancellation = default)
    {
        using ModelLease lease = await Models.AcquireAsync(name, cancellation).AsTask().Soon();
        await ClassifyAsync(lease, value, cancellation);
    }

    public async Task ClassifyAsync(ModelLease lease, float value, CancellationToken cancellation = default)
    {
        using AdmissionTicket ticket = lease.Model.Admit(1, long.MaxValue, TimeSpan.Zero);
        using ImageResult result = await ticket.EnqueueAsync(Images.Rent(value), cancellation).Soon();
        Assert.Equal(ScriptedInstance.Score(value, 3), result.Logits[3]);
    }

    public ModelStatus Status(string name) => Models.Status().Single(status => status.Name == name);

    public async ValueTask DisposeAsync()
    {
        foreach ((_, ScriptedInstance session) in Opened) session.Open();
        await Models.StopAsync(default).Soon();
        Images.AssertAllReturned();
        Assert.All(Opened, each => Assert.Equal(1, each.Session.TimesDisposed));
        Models.Dispose();
        _metrics.Dispose();
        _folder.Dispose();
    }

    private OpenedModel Open(InstalledModel model)
    {
        OnOpen?.Invoke(model);
        if (_cores == 1) return new(ExecutionProvider.Cpu, [Create(model, maxBatch: 4, slots: 1)]);
        ScriptedInstance allCores = Create(model, _cores - 1, _cores);
        IModelInstance[] perCore = [.. Enumerable.Range(0, _cores).Select(_ => Create(model, maxBatch: 1, slots: 1))];
        return new(ExecutionProvider.Cpu, perCore, allCores);
    }

    private ScriptedInstance Create(InstalledModel model, int maxBatch, int slots)
    {
        var session = new ScriptedInstance(maxBatch, RowLength, Classes, slots: slots);
        session.OnRun = rows =>
        {
            OnRun?.Invoke(rows);
            if (FailRun?.Invoke(session.Runs.Count) == true) throw new InvalidOperationException("This run was to fail.");
        };
        Opened.Enqueue((model, session));
        return session;
    }
}
