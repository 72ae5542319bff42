using System.Diagnostics;
using ModelStore;

namespace InferenceApi.Serving;

/// <content>Loads and unloads versions.</content>
public sealed partial class ServedModels
{
    /// <summary>Call with the lock held.</summary>
    private Task<ServedModel> StartLoad(ModelEntry model, InstalledVersion version)
    {
        model.LoadState = ModelState.Loading;
        return model.Loading = Task.Run(() => LoadAsync(model, version));
    }

    private async Task<ServedModel> LoadAsync(ModelEntry model, InstalledVersion version)
    {
        bool entered = false;
        try
        {
            // A blocked store may hold this thread forever: other models load meanwhile, and the service ends without waiting for it.
            (InstalledModel installed, LabelSet labels) = await OnOwnThread(() => ModelLoader.Read(_store, model.Name, version.Number))
                .WaitAsync(_stopping.Token).ConfigureAwait(false);
            // One at a time: loads compete for the same cores and memory, and the budget stays simple.
            await _oneLoadAtATime.WaitAsync(_stopping.Token).ConfigureAwait(false);
            entered = true;
            await MakeRoomAsync(model, _loader.Estimate(installed.Manifest)).ConfigureAwait(false);
            ServedModel served = await OnOwnThread(
                () => _loader.Load(installed, labels, state => model.LoadState = state, _stopping.Token)).ConfigureAwait(false);
            return Publish(model, version, served);
        }
#pragma warning disable CA1031 // Every failure means that this version cannot be served; its reason is recorded.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            throw Fail(model, version, failure);
        }
        finally
        {
            if (entered) _oneLoadAtATime.Release();
        }
    }

    private static Task<T> OnOwnThread<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private ServedModel Publish(ModelEntry model, InstalledVersion version, ServedModel served)
    {
        _metrics.ModelLoaded(model.Name, version.Number, succeeded: true);
        lock (_gate)
        {
            if (model.Current is not null) Retire(model);
            model.MarkLoaded(version, served);
            // Reserved now, so that the next load cannot evict it before the waiting requests have used it.
            served.Reserve(model.Waiters);
            model.Waiters = 0;
            Log.Loaded(_logger, model.Name, served.Manifest.Version, served.RunTimes.LargestUsefulBatch, served.RunTimes.Throughput);
            // StopAsync ran before this version was published, and did not drain it.
            if (_stopping.IsCancellationRequested) Retire(model);
        }

        return served;
    }

    private ModelUnavailableException Fail(ModelEntry model, InstalledVersion version, Exception failure)
    {
        bool stopping = _stopping.IsCancellationRequested;
        string reason = LoadFailure.Sentence(failure);
        lock (_gate)
        {
            model.Loading = null;
            model.Waiters = 0;
            if (stopping) model.LoadState = ModelState.Unloaded;
            else model.MarkFailed(version, reason, _clock);
        }

        if (stopping) return new ServiceStoppingException(model.Name);
        _metrics.ModelLoaded(model.Name, version.Number, succeeded: false);
        Log.LoadFailed(_logger, model.Name, version.Number, Activity.Current?.TraceId.ToString() ?? "none", failure);
        return new ModelUnavailableException(model.Name, reason, failure);
    }

    /// <summary>
    /// Evicts others, idle ones first and of those the least recently used, until this load fits. If that does not suffice, it unloads the
    /// version in service first, and requests wait for the new one: both together would exceed the container's limit.
    /// </summary>
    /// <exception cref="ModelTooLargeException">The model alone exceeds the budget.</exception>
    private async Task MakeRoomAsync(ModelEntry loading, long bytes)
    {
        if (_memoryBudget == 0) return;
        if (bytes > _memoryBudget) throw new ModelTooLargeException(bytes, _memoryBudget);
        while (true)
        {
            Task freed;
            lock (_gate)
            {
                if (EstimatedMemory() + bytes <= _memoryBudget) return;
                if (_drains.Count > 0)
                {
                    freed = Task.WhenAny(_drains.Values);
                }
                else
                {
                    // Never empty: without any model in memory the load fits.
                    ModelEntry victim = _models.Values.Where(model => model.Current is not null).OrderBy(model => model == loading)
                        .ThenBy(model => model.Current!.IsLeased).ThenBy(model => model.Current!.LastUsed).First();
                    Log.Evicted(_logger, victim.Name, loading.Name);
                    freed = Retire(victim);
                }
            }

            await freed.ConfigureAwait(false);
        }
    }

    private long EstimatedMemory() =>
        _models.Values.Sum(model => model.Current?.MemoryBytes ?? 0) + _drains.Keys.Sum(model => model.MemoryBytes);

    /// <summary>Takes the current version out of service; call with the lock held. The task ends when its memory is free.</summary>
    private Task Retire(ModelEntry model)
    {
        // Not null: every caller checked it under the lock.
        ServedModel served = model.Current!;
        model.Current = null;
        model.LoadState = ModelState.Draining;
        return _drains[served] = DrainAsync(model, served);
    }

    private async Task DrainAsync(ModelEntry model, ServedModel served)
    {
        Task drained = served.DrainAsync(_stopWaiting.Token);
        // Never continues inside the caller's lock, whose bookkeeping comes first.
        await Task.Yield();
        await drained.ConfigureAwait(false);
        lock (_gate)
        {
            _drains.Remove(served);
            if (model.LoadState == ModelState.Draining) model.LoadState = ModelState.Unloaded;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            3001, LogLevel.Information, "{Model} version {Version} is ready: up to {Batch} images at once, {Throughput:F1} images/s.")]
        public static partial void Loaded(ILogger logger, string model, int version, int batch, double throughput);

        [LoggerMessage(3002, LogLevel.Error, "{Model} version {Version} cannot be served (trace {TraceId}).")]
        public static partial void LoadFailed(ILogger logger, string model, int version, string traceId, Exception failure);

        [LoggerMessage(3003, LogLevel.Information, "{Model} is evicted to make room for {Other}.")]
        public static partial void Evicted(ILogger logger, string model, string other);
    }
}
