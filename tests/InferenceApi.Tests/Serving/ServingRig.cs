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

    public ServingRig(long memoryBudget = 0, int queueCapacity = 64)
    {
        Store = new StoreFolder(_folder.Path);
        Slots = new ComputeSlots(1);
        Serving = new ServingOptions { Store = _folder.Path, MemoryBudget = memoryBudget, QueueCapacity = queueCapacity };
        var loader = new ModelLoader(Open, Slots, new RuntimeOptions { MaxBatch = 4 }, Serving, Clock, NullLogger<ModelLoader>.Instance);
        Models = new ServedModels(Store, loader, Serving, Clock, NullLogger<ServedModels>.Instance);
    }

    public StoreFolder Store { get; }

    public ServingOptions Serving { get; }

    public ManualClock Clock { get; } = new();

    public ComputeSlots Slots { get; }

    public ServedModels Models { get; }

    public CountedImages Images { get; } = new(RowLength);

    /// <summary>Every session opened so far, with the model it was opened for.</summary>
    public ConcurrentQueue<(InstalledModel Model, ScriptedSession Session)> Opened { get; } = new();

    /// <summary>Called when a model is opened, on the loading thread; may wait or throw.</summary>
    public Action<InstalledModel>? OnOpen { get; set; }

    /// <summary>Given to sessions opened from now on.</summary>
    public Action<int>? OnRun { get; set; }

    public ScriptedSession SessionOf(string name, int version = 1) =>
        Opened.Last(each => each.Model.Manifest.Name == name && each.Model.Manifest.Version == version).Session;

    /// <summary>Installs a next version, whose network is the given text.</summary>
    public InstalledModel Install(string name, string network = "network")
    {
        using ModelInstallation installation = Store.Begin(name);
        File.WriteAllBytes(installation.PathOf("model.onnx"), Encoding.ASCII.GetBytes(network));
        LabelSet.Numbered(Classes).Save(installation.PathOf("labels.csv"));
        return installation.Commit(version => new ModelManifest
        {
            Name = name,
            Version = version,
            Architecture = "resnet50",
            Origin = ModelOrigin.Synthetic,
            Licence = "none",
            Classes = Classes,
            Parameters = 1,
            Exporter = "test",
            Source = new WeightsSource(Seed: 1),
            Model = FileDigests.Compute(installation.PathOf("model.onnx"), "model.onnx"),
            Labels = FileDigests.Compute(installation.PathOf("labels.csv"), "labels.csv"),
            Preprocessing = PreprocessingRecipe.ImageNet with { Crop = 1 },
        });
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
        using ImageResult result = await lease.Model.EnqueueAsync(ticket, Images.Rent(value), cancellation).Soon();
        Assert.Equal(ScriptedSession.Score(value, 3), result.Logits[3]);
    }

    public ModelStatus Status(string name) => Models.Status().Single(status => status.Name == name);

    public async ValueTask DisposeAsync()
    {
        foreach ((_, ScriptedSession session) in Opened) session.Open();
        await Models.StopAsync(default).Soon();
        Images.AssertAllReturned();
        Assert.All(Opened, each => Assert.Equal(1, each.Session.TimesDisposed));
        Models.Dispose();
        _folder.Dispose();
    }

    private IReadOnlyList<IModelSession> Open(InstalledModel model)
    {
        OnOpen?.Invoke(model);
        var session = new ScriptedSession(maxBatch: 4, RowLength, Classes) { OnRun = OnRun };
        Opened.Enqueue((model, session));
        return [session];
    }
}
