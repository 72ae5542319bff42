using InferenceApi.Batching;
using Microsoft.Extensions.Logging.Abstractions;
using TestKit;

namespace InferenceApi.Tests.Batching;

/// <summary>
/// A model that adapts: one gated session on all cores and one for each. A run on all cores takes 10 + 10 n ms, one on one core 40 ms.
/// Disposing it stops the workers and checks that every buffer came back.
/// </summary>
internal sealed class AdaptiveRig : IDisposable
{
    private readonly TestMetrics _metrics = new();
    private readonly BatchWorker[] _workers;

    public AdaptiveRig(ComputeSlots slots, ManualClock? clock = null)
    {
        Clock = clock ?? new ManualClock();
        Slots = slots;
        AllCores = new ScriptedInstance(Math.Max(1, slots.Count - 1), gated: true, slots: slots.Count);
        OneCore = [.. Enumerable.Range(0, slots.Count).Select(_ => new ScriptedInstance(1, gated: true))];
        Images = new CountedImages(AllCores.RowLength);
        Queue = new ImageQueue(64, AllCores.RowLength, Clock);
        BatchLatencyCurve wide = BatchingRig.LinearCurve(AllCores.MaxBatch);
        var narrow = new BatchLatencyCurve([new BatchLatency(1, TimeSpan.FromMilliseconds(40))]);
        _workers =
        [
            .. OneCore.Select(session => new BatchWorker(
                "model", 1, new(session, narrow), Queue, slots, _metrics.Metrics, Clock, NullLogger.Instance,
                new MeasuredInstance(AllCores, wide))),
        ];
        Admission = new Admission(Queue, new RunTimeModel(wide, narrow, slots.Count), slots, _workers, Clock);
        foreach (BatchWorker worker in _workers) worker.Start();
    }

    public ManualClock Clock { get; }

    public ComputeSlots Slots { get; }

    public ScriptedInstance AllCores { get; }

    public ScriptedInstance[] OneCore { get; }

    public CountedImages Images { get; }

    public ImageQueue Queue { get; }

    public Admission Admission { get; }

    public Task<ImageResult> Enqueue(float value)
    {
        Assert.True(Queue.TryEnqueue(Images.Rent(value), long.MaxValue, default, out Task<ImageResult> answer));
        return answer;
    }

    /// <summary>The next run on one core, on whichever; waits for it.</summary>
    public ScriptedRun NextRunOnOneCore()
    {
        ScriptedInstance? running = null;
        Patience.Until(() => (running = Array.Find(OneCore, session => session.HasStartedRun)) is not null, "a run on one core began");
        return running!.NextRun();
    }

    public void Dispose()
    {
        Queue.Close();
        foreach (ScriptedInstance session in (ScriptedInstance[])[AllCores, .. OneCore]) session.Open();
        foreach (BatchWorker worker in _workers)
            Assert.True(((IAsyncResult)worker.Ended).AsyncWaitHandle.WaitOne(Patience.Limit), "A worker did not end.");
        Images.AssertAllReturned();
        Assert.Equal(0, Queue.Count);
        _metrics.Dispose();
    }
}
