namespace Capacity.Simulation;

/// <summary>τ(n): milliseconds of a run of n images, measured at some sizes and interpolated between them.</summary>
internal sealed class BatchCurve
{
    private readonly double[] _milliseconds;

    /// <param name="points">Batch size to milliseconds; at least one.</param>
    public BatchCurve(IReadOnlyDictionary<int, double> points)
    {
        if (points.Count == 0) throw new ArgumentException("The curve needs a point.", nameof(points));
        MaxBatch = points.Keys.Max();
        _milliseconds = new double[MaxBatch + 1];
        (int size, double time) = (0, 0);
        foreach ((int nextSize, double nextTime) in points.OrderBy(point => point.Key))
        {
            for (int n = size + 1; n <= nextSize; n++) _milliseconds[n] = time + ((nextTime - time) * (n - size) / (nextSize - size));
            (size, time) = (nextSize, nextTime);
        }
    }

    public int MaxBatch { get; }

    public double this[int batch] => _milliseconds[batch];
}
