using InferenceApi.Batching;
using InferenceApi.Runtime;
using ModelStore;

namespace InferenceApi.Serving;

/// <summary>One loaded and warmed version of a model: its queue, its workers, and its end.</summary>
public sealed class ServedModel
{
    private readonly Lock _gate = new();
    private readonly OpenedModel _opened;
    private readonly BatchWorker[] _workers;
    private readonly Admission _admission;
    private readonly ImageQueue _queue;
    private readonly TimeProvider _clock;
    private readonly TaskCompletionSource _lastLeaseReturned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _leases;
    private long _lastUsed;
    private Task? _drained;
    private volatile ModelState _state = ModelState.Ready;

    internal ServedModel(
        InstalledModel installed,
        LabelSet labels,
        OpenedModel opened,
        BatchWorker[] workers,
        ImageQueue queue,
        RunTimeModel runTimes,
        ComputeSlots slots,
        TimeProvider clock,
        long memoryBytes)
    {
        Manifest = installed.Manifest;
        Labels = labels;
        RunTimes = runTimes;
        MemoryBytes = memoryBytes;
        _opened = opened;
        _queue = queue;
        _clock = clock;
        _lastUsed = clock.GetTimestamp();
        _workers = workers;
        _admission = new Admission(queue, runTimes, slots, _workers, clock);
        foreach (BatchWorker worker in _workers) worker.Start();
    }

    public ModelManifest Manifest { get; }

    /// <summary>As many as <see cref="Classes"/>, in the order of the logits.</summary>
    public LabelSet Labels { get; }

    public int Classes => Manifest.Classes;

    /// <summary>Floats that an enqueued image must have.</summary>
    public int RowLength => _opened.RowLength;

    /// <summary>Most images that one request can be admitted with.</summary>
    public int QueueCapacity => _queue.Capacity;

    /// <summary>Current prediction of when waiting images are answered.</summary>
    public RunTimeModel RunTimes { get; }

    /// <summary>Bytes that this version is estimated to take.</summary>
    public long MemoryBytes { get; }

    /// <summary>What computes it.</summary>
    public ExecutionProvider Provider => _opened.Provider;

    public int InstanceCount => _opened.All.Count;

    public ModelState State => _state;

    /// <summary>Images in the queue, those admitted and being decoded included.</summary>
    public int Waiting => _queue.Count + _admission.Reserved;

    /// <summary>Clock timestamp of the last lease taken or returned.</summary>
    internal long LastUsed => Volatile.Read(ref _lastUsed);

    internal bool IsLeased
    {
        get
        {
            lock (_gate) return _leases > 0;
        }
    }

    /// <inheritdoc cref="Admission.Check(long, TimeSpan, bool)"/>
    public void CheckDeadline(long deadline, TimeSpan preparation, bool preparing = false) =>
        _admission.Check(deadline, preparation, preparing);

    /// <inheritdoc cref="Admission.Admit"/>
    public AdmissionTicket Admit(int images, long deadline, TimeSpan preparation, bool preparing = false) =>
        _admission.Admit(images, deadline, preparation, preparing);

    /// <inheritdoc cref="Admission.Estimate(int, TimeSpan)"/>
    public TimeSpan Estimate(int images, TimeSpan preparation) => _admission.Estimate(images, preparation);

    /// <summary>Estimated time until everything that waits and runs now is answered.</summary>
    public TimeSpan EstimateRunWait() => _admission.EstimateWait(Waiting);

    /// <summary>A lease, or null once this version is ending.</summary>
    internal ModelLease? TryLease()
    {
        lock (_gate)
        {
            if (_drained is not null) return null;
            _leases++;
        }

        Volatile.Write(ref _lastUsed, _clock.GetTimestamp());
        return new ModelLease(this);
    }

    /// <summary>
    /// Counts leases for the requests that waited for the load; each is then used, or returned with <see cref="Return"/>.
    /// </summary>
    internal void Reserve(int leases)
    {
        lock (_gate) _leases += leases;
    }

    internal void Return()
    {
        Volatile.Write(ref _lastUsed, _clock.GetTimestamp());
        lock (_gate)
        {
            if (--_leases == 0 && _drained is not null) _lastLeaseReturned.TrySetResult();
        }
    }

    /// <summary>
    /// Ends leasing, waits for the leases in use, answers everything accepted, and closes the instances. Repeated calls return the task of
    /// the first.
    /// </summary>
    /// <param name="cancellation">Stops waiting for leases; queued images are still answered.</param>
    internal Task DrainAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_drained is not null) return _drained;
            _state = ModelState.Draining;
            if (_leases == 0) _lastLeaseReturned.TrySetResult();
            return _drained = DrainCoreAsync(cancellation);
        }
    }

    private async Task DrainCoreAsync(CancellationToken cancellation)
    {
        await Task.WhenAny(_lastLeaseReturned.Task, Task.Delay(Timeout.InfiniteTimeSpan, _clock, cancellation)).ConfigureAwait(false);
        _queue.Close();
        await Task.WhenAll(_workers.Select(worker => worker.Ended)).ConfigureAwait(false);
        foreach (BatchWorker worker in _workers) worker.Dispose();
        NativeHeaps.ReturnFreeMemory();
        _state = ModelState.Unloaded;
    }
}
