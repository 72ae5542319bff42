using InferenceApi.Telemetry;
using ModelStore;

namespace InferenceApi.Serving;

/// <summary>
/// Name to loaded model. Loads on demand, once for all who wait; keeps to the memory budget; replaces a version when another is
/// installed; and ends every version only after everything accepted is answered.
/// </summary>
public sealed partial class ServedModels : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, NamedModel> _models = new(StringComparer.Ordinal);
    private readonly Dictionary<ServedModel, Task> _drains = [];
    private readonly SemaphoreSlim _oneLoadAtATime = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _hurry = new();
    private readonly StoreFolder _store;
    private readonly StoreReader _reader;
    private readonly ModelLoader _loader;
    private readonly long _memoryBudget;
    private readonly PreparationBacklog _preparation;
    private readonly InferenceMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger<ServedModels> _logger;
    private volatile bool _disposed;

    public ServedModels(
        StoreFolder store,
        ModelLoader loader,
        MemoryBudget budget,
        PreparationBacklog preparation,
        InferenceMetrics metrics,
        TimeProvider clock,
        ILogger<ServedModels> logger)
    {
        _store = store;
        _reader = new StoreReader(store, clock);
        _loader = loader;
        _memoryBudget = budget.Bytes;
        _preparation = preparation;
        _metrics = metrics;
        _clock = clock;
        _logger = logger;
        _ = new ModelGauges(metrics, Status, () => _reader.Age, clock);
    }

    /// <summary>
    /// The version in service, without a lease: good for an estimate and for nothing else. Null where the model must be loaded first.
    /// </summary>
    /// <param name="name">As in the store.</param>
    /// <exception cref="UnknownModelException">No such model is installed.</exception>
    /// <param name="cancellation">Ends this caller's wait for a look at the store, where one is needed.</param>
    /// <exception cref="ModelUnavailableException">The service is stopping.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be read, or does not answer.</exception>
    public async ValueTask<ServedModel?> FindAsync(string name, CancellationToken cancellation)
    {
        lock (_gate)
        {
            ThrowIfStopping(name);
            if (_models.TryGetValue(name, out NamedModel? model) && (model.Current is not null || model.Loading is not null))
                return model.Current;
        }

        return await IsInstalledAsync(name, cancellation).ConfigureAwait(false) ? null : throw new UnknownModelException(name);
    }

    /// <summary>
    /// A lease on the version in service, loading it where none is. One request holds one lease: acquiring a second model while
    /// holding a first can wait for the first one's eviction.
    /// </summary>
    /// <param name="name">As in the store.</param>
    /// <param name="cancellation">Ends this caller's wait, not the load, which others share.</param>
    /// <exception cref="UnknownModelException">No such model is installed.</exception>
    /// <exception cref="ModelUnavailableException">It cannot be loaded, or the service is stopping.</exception>
    public ValueTask<ModelLease> AcquireAsync(string name, CancellationToken cancellation)
    {
        lock (_gate)
        {
            ThrowIfStopping(name);
            if (_models.TryGetValue(name, out NamedModel? model) && model.Current?.TryLease() is { } lease) return new(lease);
        }

        return new(AcquireLoadedAsync(name, cancellation));
    }

    /// <summary>Takes a model out of memory after answering what was accepted; the next request loads it again.</summary>
    /// <returns>False where it was not loaded.</returns>
    public async Task<bool> UnloadAsync(string name)
    {
        Task drained;
        lock (_gate)
        {
            if (!_models.TryGetValue(name, out NamedModel? model) || model.Current is null) return false;
            drained = Retire(model);
        }

        await drained.ConfigureAwait(false);
        return true;
    }

    /// <summary>Every model installed or loaded, by name, as the store was when it was last read.</summary>
    public IReadOnlyList<ModelStatus> Status()
    {
        Dictionary<string, ModelManifest> newest = _reader.Contents.Models
            .Where(model => model.Value.Manifest is not null).ToDictionary(model => model.Key, model => model.Value.Manifest!);
        TimeSpan preparation = _preparation();
        lock (_gate)
        {
            return
            [
                .. newest.Keys.Union(_models.Keys).Order(StringComparer.Ordinal).Select(
                    name => (_models.GetValueOrDefault(name) ?? new NamedModel(name)).Status(newest.GetValueOrDefault(name), preparation)),
            ];
        }
    }

    /// <summary>Refuses new requests, answers everything accepted, closes every session.</summary>
    /// <param name="hurry">Stops waiting for requests that have a lease and nothing in the line yet.</param>
    public async Task StopAsync(CancellationToken hurry)
    {
        // A host that is disposed while it stops asks twice; the second time there is nothing left.
        if (_disposed) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        using CancellationTokenRegistration registration = hurry.UnsafeRegister(
            static state => ((CancellationTokenSource)state!).Cancel(), _hurry);
        while (true)
        {
            Task[] unfinished;
            lock (_gate)
            {
                foreach (NamedModel model in _models.Values)
                {
                    if (model.Current is not null) Retire(model);
                }

                unfinished = [.. _drains.Values, .. _models.Values.Select(model => model.Loading).OfType<Task>()];
            }

            if (unfinished.Length == 0) return;
            // Loads end as failures now; a drain that fails is a defect and must not be lost.
            foreach (Task task in unfinished) await AwaitEndAsync(task).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _stopping.Dispose();
        _hurry.Dispose();
        _oneLoadAtATime.Dispose();
    }

    private async Task<ModelLease> AcquireLoadedAsync(string name, CancellationToken cancellation)
    {
        while (true)
        {
            Task<ServedModel> loading;
            NamedModel? model;
            IReadOnlyList<InstalledVersion> versions = await VersionsAsync(name, cancellation).ConfigureAwait(false);
            lock (_gate)
            {
                ThrowIfStopping(name);
                model = _models.GetValueOrDefault(name);
                if (model?.Current?.TryLease() is { } lease) return lease;
                if (versions.Count == 0 && model?.Loading is null) throw new UnknownModelException(name);
                // Only names that exist get an entry: strangers must not be able to fill the memory.
                if (model is null) _models.Add(name, model = new NamedModel(name));
                loading = model.Loading ?? StartLoad(
                    model,
                    model.Candidate(versions, _clock)
                        ?? throw new ModelUnavailableException(name, model.Error ?? "no version of it is good."));
                model.Waiters++;
            }

            if (await AwaitLeaseAsync(model, loading, cancellation).ConfigureAwait(false) is { } shared) return shared;
        }
    }

    /// <summary>
    /// The lease that was set aside for this waiter when the load ended, or null where the load failed, which leaves room for the version
    /// before.
    /// </summary>
    private async Task<ModelLease?> AwaitLeaseAsync(NamedModel model, Task<ServedModel> loading, CancellationToken cancellation)
    {
        try
        {
            return new ModelLease(await loading.WaitAsync(cancellation).ConfigureAwait(false));
        }
        catch (ModelUnavailableException)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            bool setAside;
            lock (_gate)
            {
                setAside = model.Loading != loading;
                if (!setAside) model.Waiters--;
            }

            if (setAside)
            {
                _ = loading.ContinueWith(
                    static ended => ended.Result.Return(),
                    CancellationToken.None,
                    TaskContinuationOptions.OnlyOnRanToCompletion,
                    TaskScheduler.Default);
            }

            throw;
        }
    }

    /// <summary>Waits for a load or a drain, without interest in whether a version was good.</summary>
    private static async Task AwaitEndAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (ModelUnavailableException)
        {
        }
    }

    private void ThrowIfStopping(string name)
    {
        if (_stopping.IsCancellationRequested) throw new ServiceStoppingException(name);
    }
}
