namespace InferenceApi.Batching;

/// <summary>
/// How far estimated waits have been from what they became. The curve says what a run takes on a machine of its own; decoding pictures and
/// neighbours on the host stretch it. Admitting by the bare estimate would accept images that then miss their deadline: work for nobody.
/// What was learnt fades where nothing new is learnt.
/// </summary>
/// <param name="clock">Tells the age of what was learnt.</param>
internal sealed class WaitEstimateMargin(TimeProvider clock)
{
    // As TCP smooths round-trip times (RFC 6298: 1/8); slower, because there is one sample an image.
    private const double Weight = 1.0 / 16;

    // RFC 6298's four. A cautious margin costs no throughput: the queue is shorter and never empty.
    private const double Deviations = 4;

    // One image that was stuck behind a paging host must not close the door for all.
    private const double LargestRatio = 4, LargestMargin = 4;

    // A quarter over the estimate until something is known.
    private const double StartMean = 1, StartDeviation = 0.0625;

    private readonly Lock _gate = new();
    private double _mean = StartMean;
    private double _deviation = StartDeviation;
    private long _learntAt = clock.GetTimestamp();

    /// <summary>What to multiply an estimate by so that it will probably hold; 1 to 4.</summary>
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

    /// <summary>Learns from one image.</summary>
    /// <param name="estimated">What was thought when it joined the line.</param>
    /// <param name="actual">What it took; for one that missed its deadline, how long it had waited by then.</param>
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
