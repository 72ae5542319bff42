namespace InferenceApi.Batching;

/// <summary>
/// The ratio between measured and estimated waits. The curve holds for an otherwise idle machine; decoding and other workloads on the host
/// lengthen runs. Without the margin, admission would accept images that then miss their deadline. Old measurements fade.
/// </summary>
/// <param name="clock">Measures the age of the measurements.</param>
internal sealed class WaitEstimateMargin(TimeProvider clock)
{
    // As TCP smooths round-trip times (RFC 6298: 1/8); slower, because there is one sample an image.
    private const double Weight = 1.0 / 16;

    // RFC 6298's four. A cautious margin costs no throughput: the queue is shorter and never empty.
    private const double Deviations = 4;

    // One image delayed by a paging host must not cause refusals.
    private const double LargestRatio = 4, LargestMargin = 4;

    // 25 % above the estimate before the first measurement.
    private const double StartMean = 1, StartDeviation = 0.0625;

    private readonly Lock _gate = new();
    private double _mean = StartMean;
    private double _deviation = StartDeviation;
    private long _learntAt = clock.GetTimestamp();

    /// <summary>Factor that makes an estimate probably hold; 1 to 4.</summary>
    public double Value
    {
        get
        {
            lock (_gate)
            {
                (double mean, double deviation) = Now();
                return Math.Clamp(mean + (Deviations * deviation), 1, LargestMargin);
            }
        }
    }

    /// <summary>Adds the measurement of one image.</summary>
    /// <param name="estimated">The estimate when it was enqueued.</param>
    /// <param name="actual">The measured time; for an expired image, its time in the queue.</param>
    public void Observe(TimeSpan estimated, TimeSpan actual)
    {
        if (estimated <= TimeSpan.Zero) return;
        double ratio = Math.Clamp(actual / estimated, 1 / LargestRatio, LargestRatio);
        lock (_gate)
        {
            (double mean, double deviation) = Now();
            _deviation = deviation + (Weight * (Math.Abs(ratio - mean) - deviation));
            _mean = mean + (Weight * (ratio - mean));
            _learntAt = clock.GetTimestamp();
        }
    }

    private (double Mean, double Deviation) Now()
    {
        double kept = Fading.Share(clock.GetElapsedTime(_learntAt));
        return (StartMean + (kept * (_mean - StartMean)), StartDeviation + (kept * (_deviation - StartDeviation)));
    }
}
