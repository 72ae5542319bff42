using System.Diagnostics;
using InferenceApi.Runtime;
using InferenceApi.Telemetry;

namespace InferenceApi.Batching;

/// <summary>
/// Owns one session and one thread of its own: waits for a first image, takes a compute slot, and only then everything that waits.
/// So batches grow exactly when the machine is busy, and there is no timer: waiting longer was never measured to pay.
/// </summary>
internal sealed partial class BatchWorker
{
    private readonly string _model;
    private readonly IModelSession _session;
    private readonly ImageQueue _queue;
    private readonly ComputeSlots _slots;
    private readonly BatchLatencyCurve _curve;
    private readonly TimeProvider _clock;
    private readonly Action<BatchRun>? _observer;
    private readonly ILogger _logger;
    private readonly PendingImage[] _batch;
    private readonly ActivityContext[] _requests;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _runStartedAt;
    private int _runningRows;
    private volatile bool _waitsForSlot;

    public BatchWorker(
        string model,
        IModelSession session,
        ImageQueue queue,
        ComputeSlots slots,
        BatchLatencyCurve curve,
        TimeProvider clock,
        Action<BatchRun>? observer,
        ILogger logger)
    {
        _model = model;
        _session = session;
        _queue = queue;
        _slots = slots;
        _curve = curve;
        _clock = clock;
        _observer = observer;
        _logger = logger;
        _batch = new PendingImage[Math.Min(session.MaxBatch, curve.LargestUsefulBatch)];
        _requests = new ActivityContext[_batch.Length];
    }

    /// <summary>Completes when the queue is closed and everything in it is answered.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether this worker is in line for a compute slot.</summary>
    public bool WaitsForSlot => _waitsForSlot;

    /// <summary>What is left of the current run by the curve's estimate; zero where none runs.</summary>
    public TimeSpan Remaining()
    {
        int rows = Volatile.Read(ref _runningRows);
        if (rows == 0) return TimeSpan.Zero;
        TimeSpan left = _curve.Estimate(rows) - _clock.GetElapsedTime(Volatile.Read(ref _runStartedAt));
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>A thread of its own, because native runs block, and blocked pool threads starve the web server.</summary>
    public void Start() => new Thread(Work) { IsBackground = true, Name = $"batch {_model}" }.Start();

    private void Work()
    {
        while (_queue.WaitForFirst())
        {
            _waitsForSlot = true;
            _slots.Take(_session.Device);
            _waitsForSlot = false;
            try
            {
                int rows = _queue.Drain(_batch, Math.Min(_batch.Length, _curve.BestBatch(_queue.Count)));
                if (rows > 0) Answer(rows);
            }
            finally
            {
                _slots.Release(_session.Device);
            }
        }

        _ended.SetResult();
    }

    private void Answer(int rows)
    {
        long startedAt = _clock.GetTimestamp();
        TimeSpan oldestWait = _clock.GetElapsedTime(_batch[0].EnqueuedAt, startedAt);
        Exception? failure = null;
        TimeSpan runTime = TimeSpan.Zero;
        ActivityContext runSpan = default;
        try
        {
            Fill(rows);
            startedAt = _clock.GetTimestamp();
            Volatile.Write(ref _runStartedAt, startedAt);
            Volatile.Write(ref _runningRows, rows);
            using (Activity? span = StartSpan(rows))
            {
                runSpan = span?.Context ?? default;
                runTime = Run(rows, startedAt, span);
            }

            HandBack(rows, startedAt, runTime, runSpan);
            _curve.Observe(rows, runTime);
        }
#pragma warning disable CA1031 // Whatever a run throws is its members' failure; the worker must live for the next.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            failure = thrown;
            Log.RunFailed(_logger, _model, rows, thrown);
            for (int row = 0; row < rows; row++) _batch[row].Fail(new RunFailedException(_model, thrown));
        }
        finally
        {
            Volatile.Write(ref _runningRows, 0);
            Array.Clear(_batch, 0, rows);
        }

        Observe(new BatchRun(_model, rows, runTime, oldestWait, failure is not null));
    }

    /// <summary>Copies every image into its row; each image's memory is given back even where a copy fails.</summary>
    private void Fill(int rows)
    {
        int row = 0;
        try
        {
            for (; row < rows; row++)
            {
                _batch[row].Pixels.CopyTo(_session.InputRow(row).Span);
                _batch[row].ReleaseImage();
            }
        }
        catch
        {
            for (; row < rows; row++) _batch[row].ReleaseImage();
            throw;
        }
    }

    private TimeSpan Run(int rows, long startedAt, Activity? span)
    {
        try
        {
            _session.Run(rows);
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

    private void HandBack(int rows, long startedAt, TimeSpan runTime, ActivityContext runSpan)
    {
        for (int row = 0; row < rows; row++)
        {
            PendingImage pending = _batch[row];
            TimeSpan queueTime = _clock.GetElapsedTime(pending.EnqueuedAt, startedAt);
            pending.Complete(new ImageResult(_session.OutputRow(row), rows, queueTime, runTime) { RunSpan = runSpan });
        }
    }

    private void Observe(BatchRun run)
    {
        try
        {
            _observer?.Invoke(run);
        }
#pragma warning disable CA1031 // An observer's mistake must not stop the answers of others.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.ObserverFailed(_logger, _model, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Error, "A run of {Rows} images of {Model} failed.")]
        public static partial void RunFailed(ILogger logger, string model, int rows, Exception failure);

        [LoggerMessage(2002, LogLevel.Error, "The observer of {Model}'s runs failed.")]
        public static partial void ObserverFailed(ILogger logger, string model, Exception failure);
    }
}
