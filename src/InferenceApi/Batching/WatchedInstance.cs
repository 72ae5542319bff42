using InferenceApi.Runtime;

namespace InferenceApi.Batching;

/// <summary>
/// An instance in the warm-up: a run that does not end in time throws, so that the load fails and its compute slots are free for the models
/// in service. Later runs have the watchdog of <see cref="BatchWorker"/>, which knows how long they should take.
/// </summary>
internal sealed class WatchedInstance : IModelInstance
{
    private readonly IModelInstance _inner;
    private readonly TimeSpan _limit;
    private Task _run = Task.CompletedTask;

    private WatchedInstance(IModelInstance inner, TimeSpan limit)
    {
        _inner = inner;
        _limit = limit;
    }

    public int Classes => _inner.Classes;

    public int RowLength => _inner.RowLength;

    public int MaxBatch => _inner.MaxBatch;

    public BatchSizes BatchSizes => _inner.BatchSizes;

    public int Device => _inner.Device;

    public int Slots => _inner.Slots;

    /// <summary>The same instances, watched.</summary>
    /// <param name="opened">Owns them as before.</param>
    /// <param name="limit">Of each run.</param>
    public static OpenedModel Watch(OpenedModel opened, TimeSpan limit) => opened with
    {
        Instances = [.. opened.Instances.Select(instance => new WatchedInstance(instance, limit))],
        AllCores = opened.AllCores is { } shared ? new WatchedInstance(shared, limit) : null,
    };

    public Memory<float> InputRow(int row) => _inner.InputRow(row);

    public ReadOnlySpan<float> OutputRow(int row) => _inner.OutputRow(row);

    /// <exception cref="TimeoutException">The run did not end in time; its thread is left to it.</exception>
    public void Run(int rows)
    {
        _run = Task.Factory.StartNew(
            () => _inner.Run(rows), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (!((IAsyncResult)_run).AsyncWaitHandle.WaitOne(_limit))
            throw new TimeoutException($"A run of {rows} images in the warm-up did not end within {_limit.TotalSeconds:F0} s.");
        _run.GetAwaiter().GetResult();
    }

    /// <summary>Closes the instance: now, or where a run hangs when that ends. It must not be closed while it runs.</summary>
    public void Dispose() => _run.ContinueWith(
        static (_, inner) => ((IModelInstance)inner!).Dispose(), _inner, CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
