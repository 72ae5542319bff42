using Imaging.Decoding;
using InferenceApi.Telemetry;

namespace InferenceApi.Classification;

/// <summary>
/// Bounds how many pictures are decoded at once, and the bytes that they hold, and knows how much of that work is waiting: decoding happens
/// before the queue, so admission must count it too.
/// </summary>
/// <remarks>
/// There are two lanes, each first come first served, so nobody is passed for ever. Everyday pictures never wait for a costly one; those
/// have three quarters of the bytes, as many turns, and threads that yield the processor to all others.
/// </remarks>
public sealed class PreparationSlots : IDisposable
{
    /// <summary>About five megapixels of baseline JPEG; photographs from the web and previews of cameras are below.</summary>
    private static readonly TimeSpan Costly = TimeSpan.FromMilliseconds(60);

    private readonly TimeProvider _time;
    private readonly PreparationLane _everyday, _costly;
    private readonly long _everydayBytes;
    private readonly PreparationPace _pace;
    private int _pending;

    /// <param name="count">Images that may be decoded at once in each lane; at least 1.</param>
    /// <param name="decodeMemory">Bytes that all pictures being decoded may hold, and one of them.</param>
    /// <param name="metrics">Where the gauges of pending images and of their time are registered.</param>
    /// <param name="time">What the work is timed with.</param>
    public PreparationSlots(int count, (long All, long One) decodeMemory, InferenceMetrics metrics, TimeProvider time)
    {
        _time = time;
        _pace = new(time);
        _everydayBytes = decodeMemory.All - decodeMemory.One;
        _everyday = new(count, _everydayBytes, inBackground: false);
        _costly = new(count, decodeMemory.One, inBackground: true);
        metrics.Meter.CreateObservableGauge(
            "inference.preparation.pending", () => Pending, "{image}", "Images being decoded or waiting for it.");
        metrics.Meter.CreateObservableGauge(
            "inference.preparation.wait", () => Backlog().TotalSeconds, "s",
            "Until an everyday image that comes now has its turn to be decoded.");
    }

    /// <summary>Pictures being decoded or waiting for it.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>How long an everyday picture that arrives now waits for its turn; what it costs itself is not known yet.</summary>
    public TimeSpan Backlog() => _everyday.Backlog(0);

    /// <summary>How long pictures that arrive now wait for their turn and are prepared, by what their headers say.</summary>
    public TimeSpan Backlog(IEnumerable<ImageCost> costs)
    {
        double everyday = 0, costly = 0;
        foreach (ImageCost cost in costs)
        {
            if (IsCostly(cost)) costly += _pace.Seconds(cost);
            else everyday += _pace.Seconds(cost);
        }

        TimeSpan first = everyday > 0 ? _everyday.Backlog(everyday) : TimeSpan.Zero;
        TimeSpan second = costly > 0 ? _costly.Backlog(costly) : TimeSpan.Zero;
        return first > second ? first : second;
    }

    /// <summary>
    /// Runs the work when its turn has come, an everyday picture's on the calling thread. A cancelled caller waits no longer; the work has
    /// to look at the token itself.
    /// </summary>
    public async Task<T> RunAsync<T>(ImageCost cost, Func<T> work, CancellationToken cancellation)
    {
        bool costly = IsCostly(cost);
        Interlocked.Increment(ref _pending);
        try
        {
            return await (costly ? _costly : _everyday).RunAsync(_pace.Seconds(cost), cost.Bytes, Timed, cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }

        T Timed()
        {
            long start = _time.GetTimestamp();
            T result = work();
            // A costly picture's thread yields to others, so its time says nothing of the machine's pace; and no one caller's worst counts.
            if (!costly) _pace.Learn(cost, _time.GetElapsedTime(start));
            return result;
        }
    }

    public void Dispose()
    {
        _everyday.Dispose();
        _costly.Dispose();
    }

    private bool IsCostly(ImageCost cost) => cost.Time > Costly || cost.Bytes > _everydayBytes / 2;
}
