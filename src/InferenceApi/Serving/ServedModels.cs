using InferenceApi.Telemetry;
using ModelStore;

namespace InferenceApi.Serving;

/// <summary>
/// The served models by name. Loads a model on demand, once for all waiting requests; keeps to the memory budget; replaces a version when
/// another is installed; and unloads a version only after everything accepted is answered.
/// </summary>
public sealed partial class ServedModels : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ModelEntry> _models = new(StringComparer.Ordinal);
    private readonly Dictionary<ServedModel, Task> _drains = [];
    private readonly SemaphoreSlim _oneLoadAtATime = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _stopWaiting = new();
    private readonly StoreFolder _store;
    private readonly StoreReader _reader;
    private readonly ModelLoader _loader;
    private readonly long _memoryBudget;
    private readonly ServingOptions _options;
    private readonly PreparationBacklog _preparation;
    private readonly InferenceMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger<ServedModels> _logger;
    private volatile bool _disposed;

    public ServedModels(
        StoreFolder store,
        ModelLoader loader,
        MemoryBudget budget,
        ServingOptions options,
        PreparationBacklog preparation,
        InferenceMetrics metrics,
        TimeProvider clock,
        ILogger<ServedModels> logger)
    {
        _store = store;
        _reader = new StoreReader(store, clock);
        _loader = loader;
        _memoryBudget = budget.Bytes;
        _options = options;
        _preparation = preparation;
        _metrics = metrics;
        _clock = clock;
        _logger = logger;
        _ = new ModelGauges(metrics, Status, () => _reader.Age, clock);
    }

    /// <summary>
    /// The version in service, without a lease: for an estimate only. Null where the model must be loaded first.
    /// </summary>
    /// <param name="name">As in the store.</param>
    /// <exception cref="UnknownModelException">No such model is installed, or it is not served.</exception>
    /// <param name="cancellation">Ends this caller's wait for a reading of the store.</param>
    /// <exception cref="ModelUnavailableException">The service is stopping.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be read, or does not answer.</exception>
    public async ValueTask<ServedModel?> FindAsync(string name, CancellationToken cancellation)
    {
        lock (_gate)
        {
            ThrowIfStopping(name);
            if (_models.TryGetValue(name, out ModelEntry? model) && (model.Current is not null || model.Loading is not null))
                return model.Current;
        }

        bool installed = await IsInstalledAsync(name, cancellation).ConfigureAwait(false);
        return installed && _options.Serves(name) ? null : throw new UnknownModelException(name, installed);
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
            if (_models.TryGetValue(name, out ModelEntry? model) && model.Current?.TryLease() is { } lease) return new(lease);
        }

        return new(AcquireLoadedAsync(name, cancellation));
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
                    name => (_models.GetValueOrDefault(name) ?? new ModelEntry(name)).Status(newest.GetValueOrDefault(name), preparation)),
            ];
        }
    }

    /// <summary>Refuses new requests, answers everything accepted, closes every instance.</summary>
    /// <param name="cancellation">Stops waiting for requests that hold a lease and have enqueued nothing.</param>
    public async Task StopAsync(CancellationToken cancellation)
    {
        // A host that is disposed while it stops calls this twice; the second call has nothing to do.
        if (_disposed) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        using CancellationTokenRegistration registration = cancellation.UnsafeRegister(
            static state => ((CancellationTokenSource)state!).Cancel(), _stopWaiting);
        while (true)
        {
            Task[] unfinished;
            lock (_gate)
            {
                foreach (ModelEntry model in _models.Values)
                {
                    if (model.Current is not null) Retire(model);
                }

                unfinished = [.. _drains.Values, .. _models.Values.Select(model => model.Loading).OfType<Task>()];
            }

            if (unfinished.Length == 0) return;
            // Loads fail now; a drain that fails is a defect and must be thrown.
            foreach (Task task in unfinished) await AwaitEndAsync(task).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _stopping.Dispose();
        _stopWaiting.Dispose();
        _oneLoadAtATime.Dispose();
    }

    private async Task<ModelLease> AcquireLoadedAsync(string name, CancellationToken cancellation)
    {
        while (true)
        {
            Task<ServedModel> loading;
            ModelEntry? model;
            IReadOnlyList<InstalledVersion> versions = await VersionsAsync(name, cancellation).ConfigureAwait(false);
            lock (_gate)
            {
                ThrowIfStopping(name);
                model = _models.GetValueOrDefault(name);
                if (model?.Current?.TryLease() is { } lease) return lease;
                if (model?.Loading is null && (versions.Count == 0 || !_options.Serves(name)))
                    throw new UnknownModelException(name, versions.Count > 0);
                // Only installed names get an entry, so that clients cannot fill the memory with invented ones.
                if (model is null) _models.Add(name, model = new ModelEntry(name));
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
    /// The lease that was reserved for this request when the load ended, or null where the load failed; an older version may then be used.
    /// </summary>
    private async Task<ModelLease?> AwaitLeaseAsync(ModelEntry model, Task<ServedModel> loading, CancellationToken cancellation)
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

    /// <summary>Waits for a load or a drain, and ignores a version that cannot be served.</summary>
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
