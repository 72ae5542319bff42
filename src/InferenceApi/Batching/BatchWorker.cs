using System.Diagnostics;
using InferenceApi.Runtime;
using InferenceApi.Telemetry;
using ModelStore;

namespace InferenceApi.Batching;

/// <summary>
/// Owns one instance and one thread. It waits for a first image, takes a compute slot, and only then takes every waiting image. Batches
/// therefore grow exactly when the machine is busy. There is no timer: no measurement showed a gain from waiting longer.
/// Where a model adapts, the worker's own instance runs on one core. If all cores are free and fewer images than cores wait, the worker
/// takes all cores and uses the shared instance on all cores. A run that hangs keeps its thread and its instance until it returns; the
/// worker continues with new ones.
/// </summary>
internal sealed partial class BatchWorker : IDisposable
{
    // A run that takes fifty times its measured time hangs: neither a paging host nor a throttled core slows it that much.
    private const int LimitRatio = 50;

    // Rare enough that failed attempts cost little, frequent enough that a model that can be opened returns soon.
    private static readonly TimeSpan ReopenAfter = TimeSpan.FromSeconds(5);

    // Timers and timestamps round differently.
    private static readonly TimeSpan TimerSlack = TimeSpan.FromMilliseconds(1);

    private readonly string _model;
    private readonly int _version;
    private readonly MeasuredInstance _own;
    private readonly MeasuredInstance? _allCores;
    private readonly ImageQueue _queue;
    private readonly ComputeSlots _slots;
    private readonly ComputeSlots.Choice _chooseSlots;
    private readonly TimeProvider _clock;
    private readonly InferenceMetrics _metrics;
    private readonly ILogger _logger;
    private readonly PendingImage[] _batch;
    private readonly ActivityContext[] _requests;
    private readonly TimeSpan _runTimeout;
    private readonly ITimer _watchdog;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile BatchRun? _current;
    private volatile bool _waitsForSlot;

    /// <param name="model">Name.</param>
    /// <param name="version">Number.</param>
    /// <param name="own">Runs on as many slots as it says, mostly one; owned from here on.</param>
    /// <param name="queue">Where images come from.</param>
    /// <param name="slots">Of the machine.</param>
    /// <param name="metrics">Counts the runs.</param>
    /// <param name="clock">Times the runs.</param>
    /// <param name="logger">Logs failed runs.</param>
    /// <param name="allCores">Shared by the workers of a model that adapts.</param>
    /// <param name="runTimeout">
    /// A run is abandoned after this time, or after fifty times its estimate if that is more; zero: never.
    /// </param>
    public BatchWorker(
        string model,
        int version,
        MeasuredInstance own,
        ImageQueue queue,
        ComputeSlots slots,
        InferenceMetrics metrics,
        TimeProvider clock,
        ILogger logger,
        MeasuredInstance? allCores = null,
        TimeSpan runTimeout = default)
    {
        _model = model;
        _version = version;
        _own = own;
        _allCores = allCores;
        _queue = queue;
        _slots = slots;
        _chooseSlots = ChooseSlots;
        _clock = clock;
        _metrics = metrics;
        _logger = logger;
        _batch = new PendingImage[Math.Max(own.LargestBatch, allCores?.LargestBatch ?? 0)];
        _requests = new ActivityContext[_batch.Length];
        _runTimeout = runTimeout;
        _watchdog = clock.CreateTimer(
            static worker => ((BatchWorker)worker!).GiveUpOverdueRun(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A worker for each instance; where there is one that runs on all cores, they share it.</summary>
    /// <param name="model">Whose they are.</param>
    /// <param name="opened">The workers own its instances from here on.</param>
    /// <param name="reopen">Opens the model again to replace an abandoned instance.</param>
    /// <param name="runTimes">As measured.</param>
    /// <param name="queue">Where images come from.</param>
    /// <param name="slots">Of the machine.</param>
    /// <param name="metrics">Counts the runs.</param>
    /// <param name="clock">Times the runs.</param>
    /// <param name="logger">Logs failed runs.</param>
    /// <param name="runTimeout">As the constructor has it.</param>
    public static BatchWorker[] ForAll(
        ModelManifest model,
        OpenedModel opened,
        Func<OpenedModel> reopen,
        RunTimeModel runTimes,
        ImageQueue queue,
        ComputeSlots slots,
        InferenceMetrics metrics,
        TimeProvider clock,
        ILogger logger,
        TimeSpan runTimeout)
    {
        MeasuredInstance? allCores = opened.AllCores is { } shared ? new(shared, runTimes.Curve, () => reopen().Take(-1)) : null;
        BatchLatencyCurve curve = runTimes.CoreCurve ?? runTimes.Curve;
        return [.. opened.Instances.Select((own, index) => new BatchWorker(
            model.Name, model.Version, new(own, curve, () => reopen().Take(index)), queue, slots, metrics, clock, logger, allCores,
            runTimeout))];
    }

    /// <summary>Completes when the queue is closed and everything in it is answered.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether this worker waits for a compute slot.</summary>
    public bool WaitsForSlot => _waitsForSlot;

    /// <summary>Whether it has images: in a run, or about to take them.</summary>
    public bool IsBusy => _current is not null || _waitsForSlot;

    /// <summary>Estimated rest of the current run; zero where none runs.</summary>
    /// <param name="blocksOthers">Whether that run leaves no core free.</param>
    public TimeSpan Remaining(out bool blocksOthers)
    {
        BatchRun? run = _current;
        blocksOthers = run is not null && run.Place == _allCores;
        if (run is null) return TimeSpan.Zero;
        TimeSpan left = run.Place.Curve.Estimate(run.Rows) - _clock.GetElapsedTime(run.StartedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>A dedicated thread, because native runs block, and blocked pool threads starve the web server.</summary>
    public void Start() => new Thread(Work) { IsBackground = true, Name = $"batch {_model}" }.Start();

    /// <summary>Closes its instances; call it after <see cref="Ended"/>. One that hangs closes when its run returns.</summary>
    public void Dispose()
    {
        _watchdog.Dispose();
        _own.Dispose();
        _allCores?.Dispose();
    }

    private void Work()
    {
        while (_queue.WaitForFirst())
        {
            _waitsForSlot = true;
            int taken = _slots.Take(_own.Device, _chooseSlots);
            _waitsForSlot = false;
            MeasuredInstance place = taken > _own.Slots ? _allCores! : _own;
            int rows = _queue.Drain(_batch, Math.Min(place.LargestBatch, place.Curve.BestBatch(_queue.Count)));
            if (rows > 0 && !Answer(place, rows, taken)) return;
            _slots.Release(_own.Device, taken);
            if (place.Instance is not null) continue;
            _ = ReplaceAsync(place);
            if (place == _own) return;
        }

        _ended.SetResult();
    }

    /// <summary>
    /// All cores where they are free, fewer images of any model than cores wait, and this model's images finish earlier than with one image
    /// on each core. Always for a lone image.
    /// </summary>
    private int ChooseSlots(int free, int behind)
    {
        int own = _own.Slots;
        if (_allCores is { Instance: not null } together && free >= together.Slots)
        {
            int waiting = _queue.Count;
            bool fewer = Math.Max(waiting, behind + 1) < together.Slots;
            if (fewer && (waiting <= 1 || together.Curve.EstimateAll(waiting) <= _own.Curve.Estimate(1))) return together.Slots;
        }

        return free >= own ? own : 0;
    }

    /// <returns>False where the watchdog abandoned the run meanwhile; slots and queue then belong to another thread.</returns>
    private bool Answer(MeasuredInstance place, int rows, int slots)
    {
        var run = new BatchRun(place, _batch.AsSpan(0, rows), slots, _clock);
        Array.Clear(_batch, 0, rows);
        Exception? failure = null;
        TimeSpan? runTime = null;
        try
        {
            run.Fill();
            Watch(run);
            using Activity? span = StartSpan(run);
            runTime = Run(run, span);
        }
#pragma warning disable CA1031 // Whatever a run throws is its members' failure; the worker must live for the next.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            failure = thrown;
        }

        if (!run.TryEnd())
        {
            run.Instance.Dispose();
            return false;
        }

        _current = null;
        _watchdog.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (runTime is { } time) place.Curve.Observe(rows, time);
        if (failure is not null) FailMembers(run, failure);
        _metrics.RunFinished(_model, _version, rows, failure is not null);
        return true;
    }

    private void Watch(BatchRun run)
    {
        if (_runTimeout > TimeSpan.Zero)
        {
            TimeSpan stuck = LimitRatio * run.Place.Curve.Estimate(run.Rows);
            run.Limit = stuck > _runTimeout ? stuck : _runTimeout;
            _watchdog.Change(run.Limit, Timeout.InfiniteTimeSpan);
        }

        _current = run;
    }

    private static TimeSpan? Run(BatchRun run, Activity? span)
    {
        try
        {
            return run.Run(span?.Context ?? default);
        }
        catch
        {
            span?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
    }

    private Activity? StartSpan(BatchRun run)
    {
        for (int row = 0; row < run.Rows; row++) _requests[row] = run.RequestOf(row);
        return InferenceTracing.StartRun(_model, _requests.AsSpan(0, run.Rows));
    }

    /// <summary>An instance that ran out of memory twice in a row is closed: after a failed allocation every later run may fail.</summary>
    private void FailMembers(BatchRun run, Exception cause)
    {
        Log.RunFailed(_logger, _model, run.Rows, cause);
        var failure = new RunFailedException(_model, cause);
        if (failure.IsOutOfMemory)
        {
            run.Place.Vacate();
            run.Instance.Dispose();
        }

        run.Fail(failure);
    }
}
