using InferenceApi.Batching;
using Microsoft.Extensions.Logging.Abstractions;
using TestKit;

namespace InferenceApi.Tests.Batching;

/// <summary>One model's queue, worker and gated session. Disposing it stops the worker and checks that every buffer came back.</summary>
internal sealed class BatchingRig : IDisposable
{
    private readonly TestMetrics _metrics = new();

    public BatchingRig(int maxBatch = 4, int capacity = 64, bool gated = true, int slots = 1)
        : this(maxBatch, capacity, gated, new ComputeSlots(slots), new ManualClock())
    {
    }

    public BatchingRig(int maxBatch, int capacity, bool gated, ComputeSlots slots, ManualClock clock)
    {
        Clock = clock;
        Slots = slots;
        Session = new ScriptedInstance(maxBatch, gated: gated);
        Images = new CountedImages(Session.RowLength);
        Queue = new ImageQueue(capacity, Session.RowLength, clock);
        Curve = LinearCurve(maxBatch);
        Worker = new BatchWorker(
            "model", 1, new MeasuredInstance(Session, Curve), Queue, slots, _metrics.Metrics, clock, NullLogger.Instance);
        Admission = new Admission(Queue, new RunTimeModel(Curve), slots, [Worker], clock);
        Worker.Start();
    }

    public ManualClock Clock { get; }

    public ComputeSlots Slots { get; }

    public ScriptedInstance Session { get; }

    public CountedImages Images { get; }

    public ImageQueue Queue { get; }

    public BatchLatencyCurve Curve { get; }

    public BatchWorker Worker { get; }

    public Admission Admission { get; }

    /// <summary>τ(n) = 10 + 10 n milliseconds.</summary>
    public static BatchLatencyCurve LinearCurve(int maxBatch) =>
        new([.. Enumerable.Range(1, maxBatch).Select(n => new BatchLatency(n, TimeSpan.FromMilliseconds(10 + (10 * n))))]);

    /// <summary>Enqueues an image that is all <paramref name="value"/>.</summary>
    public Task<ImageResult> Enqueue(float value, long deadline = long.MaxValue, CancellationToken cancellation = default)
    {
        Assert.True(Queue.TryEnqueue(Images.Rent(value), deadline, cancellation, out Task<ImageResult> answer));
        return answer;
    }

    /// <summary>Fails unless the answer is the one to the image of this value.</summary>
    public static async Task<ImageResult> AssertAnswers(Task<ImageResult> answer, float value)
    {
        ImageResult result = await answer.Soon();
        for (int index = 0; index < result.Logits.Length; index++)
            Assert.Equal(ScriptedInstance.Score(value, index), result.Logits[index]);
        Assert.Equal(4, result.Logits.Length);
        result.Dispose();
        return result;
    }

    public void Dispose()
    {
        Queue.Close();
        Session.Open();
        Assert.True(((IAsyncResult)Worker.Ended).AsyncWaitHandle.WaitOne(Patience.Limit), "The worker did not end.");
        Images.AssertAllReturned();
        Assert.Equal(0, Queue.Count);
        _metrics.Dispose();
    }
}
