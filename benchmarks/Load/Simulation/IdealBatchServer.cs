using Capacity.Simulation;

namespace Benchmarks.Load.Simulation;

/// <summary>
/// What no server on this machine could beat without reordering: never idle while an image waits, takes everything that waits when it
/// becomes free, up to the largest batch that pays, and costs nothing besides preparing and running.
/// </summary>
internal static class IdealBatchServer
{
    /// <param name="arrivals">Seconds, ascending: the same the real server was given.</param>
    /// <param name="curve">Run times.</param>
    /// <param name="prepareMs">Constant, spent on each image from its arrival on, before it can run.</param>
    /// <param name="runDelay">
    /// Milliseconds that a run loses for each millisecond of preparing that goes on beside it: 1 ÷ cores where both use the same cores, as
    /// in the ceiling of throughput; 0 where preparing has cores of its own.
    /// </param>
    public static LatencySummary? Simulate(double[] arrivals, BatchCurve curve, double prepareMs, double runDelay)
    {
        var latencies = new double[arrivals.Length];
        double free = 0;
        int preparing = 0;
        for (int first = 0; first < arrivals.Length;)
        {
            double start = Math.Max(free, Ready(first));
            int count = 1;
            while (count < curve.MaxBatch && first + count < arrivals.Length && Ready(first + count) <= start) count++;
            free = start + curve[count];
            while (preparing < arrivals.Length && Ready(preparing) <= start) preparing++;
            for (int i = preparing; i < arrivals.Length && Arrival(i) < free; i++)
                free += runDelay * (Math.Min(Ready(i), free) - Math.Max(Arrival(i), start));
            for (int i = first; i < first + count; i++) latencies[i] = free - Arrival(i);
            first += count;
        }

        return LatencySummary.Of(latencies);

        double Arrival(int i) => arrivals[i] * 1000;

        double Ready(int i) => Arrival(i) + prepareMs;
    }
}
