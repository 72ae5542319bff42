using InferenceApi.Batching;
using InferenceApi.Telemetry;

namespace InferenceApi.Classification;

/// <summary>
/// Bounds how many pictures are decoded at once to the number of cores, first come first served, and knows how much of that work is
/// waiting: decoding happens before the queue, so admission must count it too.
/// </summary>
public sealed class PreparationSlots : IDisposable
{
    // One in twenty: follows a change of picture sizes within a second of traffic, without following every picture.
    private const double Smoothing = 0.05;

    // A photograph of ImageNet, seconds.
    private const double StartPace = 0.003;

    private readonly int _count;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _free;
    private int _pending;
    private double _secondsPerImage = StartPace;
    private long _learntAt;

    /// <param name="count">Images that may be decoded at once; at least 1.</param>
    /// <param name="metrics">Where the gauge of pending images is registered.</param>
    /// <param name="time">What the work is timed with.</param>
    public PreparationSlots(int count, InferenceMetrics metrics, TimeProvider time)
    {
        _count = count;
        _time = time;
        _free = new(count, count);
        _learntAt = time.GetTimestamp();
        metrics.Meter.CreateObservableGauge("inference.preparation.pending", () => Pending, "{image}", "Images being decoded or waiting for it.");
        metrics.Meter.CreateObservableGauge(
            "inference.preparation.wait", () => Backlog(0).TotalSeconds, "s", "Until what is being decoded or waits for it is prepared.");
    }

    /// <summary>Pictures being decoded or waiting for it.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>How long so many images that arrive now will wait for their turn and be prepared, by the measured pace.</summary>
    public TimeSpan Backlog(int images) => TimeSpan.FromSeconds((Pending + images) * SecondsPerImage / _count);

    // What was learnt fades towards the start: who is refused because of it can teach nothing better.
    private double SecondsPerImage =>
        StartPace + (Fading.Share(_time.GetElapsedTime(Volatile.Read(ref _learntAt))) * (Volatile.Read(ref _secondsPerImage) - StartPace));

    /// <summary>Runs the work on a slot, on the calling thread once the slot is free.</summary>
    public async ValueTask<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _pending);
        try
        {
            await _free.WaitAsync(cancellationToken);
            try
            {
                long start = _time.GetTimestamp();
                T result = work();
                Learn(_time.GetElapsedTime(start).TotalSeconds);
                return result;
            }
            finally
            {
                _free.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    public void Dispose() => _free.Dispose();

    // A lost update between two threads loses one sample of many; a lock would cost more than it is worth.
    private void Learn(double seconds)
    {
        Volatile.Write(ref _secondsPerImage, (SecondsPerImage * (1 - Smoothing)) + (seconds * Smoothing));
        Volatile.Write(ref _learntAt, _time.GetTimestamp());
    }
}
