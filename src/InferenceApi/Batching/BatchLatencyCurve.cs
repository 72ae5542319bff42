using InferenceApi.Runtime;

namespace InferenceApi.Batching;

/// <summary>
/// τ(n): the time of a run of n images. Measured at warm-up and updated by every run. Sizes between measured ones are interpolated.
/// </summary>
public sealed class BatchLatencyCurve
{
    // A weight of 0.1 follows a change of the machine within some tens of runs, and one outlier changes little.
    private const double OwnWeight = 0.1;

    // A run says less about other sizes than about its own, but a slower machine is slower at all sizes.
    private const double NeighbourWeight = 0.02;

    // One run delayed by the system must not look like a machine 100 times slower.
    private const double MaxRatio = 4;

    private readonly double[] _seconds;
    private readonly BatchSizes _batchSizes;

    /// <param name="measured">At least one point; sizes ascending and unique, the last is the largest useful batch.</param>
    /// <param name="batchSizes">Sizes that runs are made at, the last point's among them; null where every size is.</param>
    public BatchLatencyCurve(IReadOnlyList<BatchLatency> measured, BatchSizes? batchSizes = null)
    {
        if (measured.Count == 0) throw new ArgumentException("The curve needs a point.", nameof(measured));
        LargestUsefulBatch = measured[^1].BatchSize;
        _batchSizes = batchSizes ?? BatchSizes.Exact(LargestUsefulBatch);
        _seconds = new double[LargestUsefulBatch + 1];
        // Below the first point a run of n images takes n shares of it; a run's fixed cost is unknown there.
        (int fromSize, double fromSeconds) = (0, 0);
        foreach (BatchLatency point in measured)
        {
            if (point.BatchSize <= fromSize) throw new ArgumentException("Sizes must ascend from 1.", nameof(measured));
            double seconds = Math.Max(point.RunTime.TotalSeconds, 1e-9);
            for (int n = fromSize + 1; n <= point.BatchSize; n++)
                _seconds[n] = fromSeconds + ((seconds - fromSeconds) * (n - fromSize) / (point.BatchSize - fromSize));
            (fromSize, fromSeconds) = (point.BatchSize, seconds);
        }
    }

    /// <summary>Most images worth putting into one run: beyond it throughput was no longer seen to grow.</summary>
    public int LargestUsefulBatch { get; }

    /// <summary>The curve as it stands, one point for every size that runs are made at.</summary>
    public IReadOnlyList<BatchLatency> Points =>
        [.. _batchSizes.Sizes.TakeWhile(size => size <= LargestUsefulBatch).Select(size => new BatchLatency(size, Estimate(size)))];

    /// <summary>Images per second with full batches.</summary>
    public double Throughput => LargestUsefulBatch / _seconds[LargestUsefulBatch];

    /// <summary>τ(rows): of the size that so many rows run at.</summary>
    /// <param name="rows">1 … <see cref="LargestUsefulBatch"/>.</param>
    public TimeSpan Estimate(int rows) => TimeSpan.FromSeconds(Volatile.Read(ref _seconds[_batchSizes.RunSize(rows)]));

    /// <summary>
    /// How many of the waiting images the next run should take: all that fit, or only as many as fill the next smaller size, where that
    /// answers more images per millisecond than padding would.
    /// </summary>
    /// <param name="waiting">0 or more; a run takes at least one.</param>
    public int BestBatch(int waiting)
    {
        int rows = Math.Clamp(waiting, 1, LargestUsefulBatch), filled = _batchSizes.FilledSize(rows);
        return filled == rows || rows * Estimate(filled) >= filled * Estimate(rows) ? rows : filled;
    }

    /// <summary>What <paramref name="images"/> waiting images take in full batches and one for the rest.</summary>
    public TimeSpan EstimateAll(int images)
    {
        (int full, int rest) = Math.DivRem(images, LargestUsefulBatch);
        return (full * Estimate(LargestUsefulBatch)) + (rest == 0 ? TimeSpan.Zero : Estimate(rest));
    }

    /// <summary>Learns from a run. Workers of one model may call it at once: an update lost between them does not matter.</summary>
    public void Observe(int rows, TimeSpan runTime)
    {
        rows = _batchSizes.RunSize(rows);
        double ratio = Math.Clamp(runTime.TotalSeconds / _seconds[rows], 1 / MaxRatio, MaxRatio);
        for (int n = 1; n < _seconds.Length; n++)
        {
            double weight = n == rows ? OwnWeight : NeighbourWeight;
            Volatile.Write(ref _seconds[n], _seconds[n] * (1 + (weight * (ratio - 1))));
        }
    }
}
