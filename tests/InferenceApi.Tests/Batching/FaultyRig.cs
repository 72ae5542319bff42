using System.Collections.Concurrent;
using InferenceApi.Batching;
using Microsoft.Extensions.Logging.Abstractions;
using TestKit;

namespace InferenceApi.Tests.Batching;

/// <summary>
/// Workers whose instances misbehave, on one slot each. Runs are estimated to take a millisecond. Disposing it stops the workers and
/// checks that every buffer came back and every instance was closed once.
/// </summary>
internal sealed class FaultyRig : IDisposable
{
    private readonly TestMetrics _metrics = new();
    private readonly BatchWorker[] _workers;
    private readonly int _maxBatch;

    /// <param name="onRun">Called in every run with the instance; may throw or block.</param>
    /// <param name="runTimeout">When a run is given up.</param>
    /// <param name="clock">Times everything.</param>
    /// <param name="workers">And slots.</param>
    /// <param name="maxBatch">Of every instance.</param>
    /// <param name="adaptive">Whether the workers share one more instance, which runs on all slots.</param>
    public FaultyRig(
        Action<ScriptedInstance, int> onRun,
        TimeSpan runTimeout,
        TimeProvider clock,
        int workers = 1,
        int maxBatch = 4,
        bool adaptive = false)
    {
        OnRun = onRun;
        _maxBatch = maxBatch;
        Slots = new ComputeSlots(workers);
        Images = new CountedImages(3);
        Queue = new ImageQueue(100_000, 3, clock);
        MeasuredInstance? wide = adaptive ? new(Open(workers), Curve(), () => Reopen(workers)) : null;
        _workers =
        [
            .. Enumerable.Range(0, workers).Select(_ => new BatchWorker(
                "model", 1, new(Open(1), Curve(), () => Reopen(1)), Queue, Slots, _metrics.Metrics, clock, NullLogger.Instance, wide,
                runTimeout)),
        ];
        foreach (BatchWorker worker in _workers) worker.Start();
    }

    public Action<ScriptedInstance, int> OnRun { get; set; }

    /// <summary>Called before another instance is opened; may throw.</summary>
    public Action? OnReopen { get; set; }

    public ComputeSlots Slots { get; }

    public CountedImages Images { get; }

    public ImageQueue Queue { get; }

    /// <summary>Every instance so far, replacements last.</summary>
    public ConcurrentQueue<ScriptedInstance> Opened { get; } = new();

    public Task<ImageResult> Enqueue(float value)
    {
        Assert.True(Queue.TryEnqueue(Images.Rent(value), long.MaxValue, default, out Task<ImageResult> answer));
        return answer;
    }

    public void Dispose()
    {
        Queue.Close();
        foreach (BatchWorker worker in _workers)
        {
            Assert.True(((IAsyncResult)worker.Ended).AsyncWaitHandle.WaitOne(Patience.Limit), "A worker did not end.");
            worker.Dispose();
        }

        Images.AssertAllReturned();
        Patience.Until(() => Opened.All(instance => instance.TimesDisposed == 1), "every instance was closed once");
        for (int slot = 0; slot < Slots.Count; slot++) Slots.Take();
        _metrics.Dispose();
    }

    private BatchLatencyCurve Curve() => new([new BatchLatency(_maxBatch, TimeSpan.FromMilliseconds(1))]);

    private ScriptedInstance Reopen(int slots)
    {
        OnReopen?.Invoke();
        return Open(slots);
    }

    private ScriptedInstance Open(int slots)
    {
        var instance = new ScriptedInstance(_maxBatch, slots: slots);
        instance.OnRun = rows => OnRun(instance, rows);
        Opened.Enqueue(instance);
        return instance;
    }
}
