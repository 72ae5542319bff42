using System.Diagnostics;
using InferenceApi.Runtime;
using InferenceApi.Telemetry;
using ModelStore;

namespace InferenceApi.Batching;

/// <summary>
/// Owns one instance and one thread of its own: waits for a first image, takes a compute slot, and only then everything that waits.
/// So batches grow exactly when the machine is busy, and there is no timer: waiting longer was never measured to pay.
/// Where a model adapts, the worker's own instance runs on one core; when its turn comes and all cores are free and fewer images wait than
/// there are cores, it takes them all instead and uses the instance on all cores, which the workers share.
/// </summary>
internal sealed partial class BatchWorker
{
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
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile CurrentRun? _current;
    private volatile bool _waitsForSlot;

    public BatchWorker(
        string model,
        int version,
        MeasuredInstance own,
        ImageQueue queue,
        ComputeSlots slots,
        InferenceMetrics metrics,
        TimeProvider clock,
        ILogger logger,
        MeasuredInstance? allCores = null)
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
        _batch = new PendingImage[Math.Max(LargestBatch(own), allCores is null ? 0 : LargestBatch(allCores))];
        _requests = new ActivityContext[_batch.Length];
    }

    /// <summary>A worker for each instance; where there is one that runs on all cores, they share it.</summary>
    public static BatchWorker[] ForAll(
        ModelManifest model,
        OpenedModel opened,
        RunTimeModel runTimes,
        ImageQueue queue,
        ComputeSlots slots,
        InferenceMetrics metrics,
        TimeProvider clock,
        ILogger logger)
    {
        MeasuredInstance? allCores = opened.AllCores is { } shared ? new(shared, runTimes.Curve) : null;
        BatchLatencyCurve curve = runTimes.CoreCurve ?? runTimes.Curve;
        return [.. opened.Instances.Select(
            own => new BatchWorker(model.Name, model.Version, new(own, curve), queue, slots, metrics, clock, logger, allCores))];
    }

    /// <summary>Completes when the queue is closed and everything in it is answered.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether this worker is in line for a compute slot.</summary>
    public bool WaitsForSlot => _waitsForSlot;

    /// <summary>What is left of the current run by the curve's estimate; zero where none runs.</summary>
    /// <param name="blocksOthers">Whether that run leaves no core for another.</param>
    public TimeSpan Remaining(out bool blocksOthers)
    {
        CurrentRun? run = _current;
        blocksOthers = run is not null && run.Session == _allCores;
        if (run is null) return TimeSpan.Zero;
        TimeSpan left = run.Session.Curve.Estimate(run.Rows) - _clock.GetElapsedTime(run.StartedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>A thread of its own, because native runs block, and blocked pool threads starve the web server.</summary>
    public void Start() => new Thread(Work) { IsBackground = true, Name = $"batch {_model}" }.Start();

    private void Work()
    {
        while (_queue.WaitForFirst())
        {
            _waitsForSlot = true;
            int taken = _slots.Take(_own.Session.Device, _chooseSlots);
            _waitsForSlot = false;
            try
            {
                MeasuredInstance session = taken > _own.Session.Slots ? _allCores! : _own;
                int rows = _queue.Drain(_batch, Math.Min(LargestBatch(session), session.Curve.BestBatch(_queue.Count)));
                if (rows > 0) Answer(session, rows);
            }
            finally
            {
                _slots.Release(_own.Session.Device, taken);
            }
        }

        _ended.SetResult();
    }

    /// <summary>
    /// All cores where they are free, there are fewer images, of whichever model, than cores, and those of this model are sooner done so
    /// than one on each core; always for a lone image.
    /// </summary>
    private int ChooseSlots(int free, int behind)
    {
        int own = _own.Session.Slots;
        if (_allCores is { } together && free >= together.Session.Slots)
        {
            int waiting = _queue.Count;
            bool fewer = Math.Max(waiting, behind + 1) < together.Session.Slots;
            if (fewer && (waiting <= 1 || together.Curve.EstimateAll(waiting) <= _own.Curve.Estimate(1))) return together.Session.Slots;
        }

        return free >= own ? own : 0;
    }

    private static int LargestBatch(MeasuredInstance session) => Math.Min(session.Session.MaxBatch, session.Curve.LargestUsefulBatch);

    private void Answer(MeasuredInstance session, int rows)
    {
        long startedAt = _clock.GetTimestamp();
        bool failed = false;
        TimeSpan runTime = TimeSpan.Zero;
        ActivityContext runSpan = default;
        try
        {
            Fill(session.Session, rows);
            startedAt = _clock.GetTimestamp();
            _current = new CurrentRun(session, rows, startedAt);
            using (Activity? span = StartSpan(rows))
            {
                runSpan = span?.Context ?? default;
                runTime = Run(session.Session, rows, startedAt, span);
            }

            HandBack(session.Session, rows, startedAt, runTime, runSpan);
            session.Curve.Observe(rows, runTime);
        }
#pragma warning disable CA1031 // Whatever a run throws is its members' failure; the worker must live for the next.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            failed = true;
            Log.RunFailed(_logger, _model, rows, thrown);
            for (int row = 0; row < rows; row++) _batch[row].Fail(new RunFailedException(_model, thrown));
        }
        finally
        {
            _current = null;
            Array.Clear(_batch, 0, rows);
        }

        _metrics.RunFinished(_model, _version, rows, failed);
    }

    /// <summary>Copies every image into its row; each image's memory is given back even where a copy fails.</summary>
    private void Fill(IModelInstance session, int rows)
    {
        int row = 0;
        try
        {
            for (; row < rows; row++)
            {
                _batch[row].Pixels.CopyTo(session.InputRow(row).Span);
                _batch[row].ReleaseImage();
            }
        }
        catch
        {
            for (; row < rows; row++) _batch[row].ReleaseImage();
            throw;
        }
    }

    private TimeSpan Run(IModelInstance session, int rows, long startedAt, Activity? span)
    {
        try
        {
            session.Run(rows);
            return _clock.GetElapsedTime(startedAt);
        }
        catch
        {
            span?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
    }

    private Activity? StartSpan(int rows)
    {
        for (int row = 0; row < rows; row++) _requests[row] = _batch[row].Request;
        return InferenceTracing.StartRun(_model, _requests.AsSpan(0, rows));
    }

    private void HandBack(IModelInstance session, int rows, long startedAt, TimeSpan runTime, ActivityContext runSpan)
    {
        for (int row = 0; row < rows; row++)
        {
            PendingImage pending = _batch[row];
            TimeSpan queueTime = _clock.GetElapsedTime(pending.EnqueuedAt, startedAt);
            pending.Complete(new ImageResult(session.OutputRow(row), rows, queueTime, runTime) { RunSpan = runSpan });
        }
    }

    /// <summary>One object, so that who reads it from outside sees one run and not halves of two.</summary>
    private sealed record CurrentRun(MeasuredInstance Session, int Rows, long StartedAt);

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Error, "A run of {Rows} images of {Model} failed.")]
        public static partial void RunFailed(ILogger logger, string model, int rows, Exception failure);
    }
}
