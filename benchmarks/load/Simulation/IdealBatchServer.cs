using Load.Measurement;

namespace Load.Simulation;

/// <summary>
/// What no server on this machine could beat without reordering: one device that is never idle while an image waits, takes everything
/// that waits when it becomes free, and costs nothing besides its runs.
/// </summary>
internal static class IdealBatchServer
{
    /// <param name="arrivals">Seconds, ascending: the same the real server was given.</param>
    /// <param name="curve">Run times.</param>
    /// <param name="prepareMs">Constant, spent on each image before it can run, in parallel to the runs.</param>
    /// <param name="runCostPerImageMs">Added to each run for each of its images: 0 for the ideal; prepare ÷ cores where preparing takes the
    /// same cores as running.</param>
    public static LatencySummary? Simulate(double[] arrivals, BatchCurve curve, double prepareMs, double runCostPerImageMs = 0)
    {
        var latencies = new double[arrivals.Length];
        double free = 0;
        for (int first = 0; first < arrivals.Length;)
        {
            double start = Math.Max(free, Ready(first));
            int count = 1;
            while (count < curve.MaxBatch && first + count < arrivals.Length && Ready(first + count) <= start) count++;
            free = start + curve[count] + (count * runCostPerImageMs);
            for (int i = first; i < first + count; i++) latencies[i] = free - (arrivals[i] * 1000);
            first += count;
        }

        return LatencySummary.Of(latencies);

        double Ready(int i) => (arrivals[i] * 1000) + prepareMs;
    }
}
