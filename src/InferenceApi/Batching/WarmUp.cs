using InferenceApi.Runtime;

namespace InferenceApi.Batching;

/// <summary>
/// Runs a fresh session at every batch size it will see, finds how large batches are worth it, and measures the curve while at it.
/// </summary>
public static class WarmUp
{
    /// <summary>
    /// A doubled batch must bring this much throughput to be worth its longer runs: less is noise, and waiting images pay for it.
    /// </summary>
    private const double WorthwhileGain = 1.02;

    private const int RunsPerSize = 3;

    /// <param name="session">Its input memory may hold anything finite.</param>
    /// <param name="clock">What runs are timed with.</param>
    /// <param name="budget">After this long only what must be run is run: big models get few points instead of a slow start.</param>
    /// <param name="cancellation">Looked at between runs.</param>
    public static BatchLatencyCurve Measure(IModelSession session, TimeProvider clock, TimeSpan budget, CancellationToken cancellation)
    {
        long startedAt = clock.GetTimestamp();
        var points = new List<BatchLatency>();
        var skipped = new List<int>();
        TimeSpan bestPerImage = TimeSpan.MaxValue;
        int useful = 1, disappointments = 0;
        for (int size = 1; size <= session.MaxBatch; size = NextSize(size, session.MaxBatch))
        {
            TimeSpan spent = clock.GetElapsedTime(startedAt);
            // The next size takes at least twice the last one's; do not begin what does not fit.
            if (points.Count > 0 && spent + (2 * points[^1].RunTime) > budget) break;
            (TimeSpan median, TimeSpan best) = Time(session, size, clock, (budget - spent) / 2, cancellation);
            points.Add(new BatchLatency(size, median));
            if (points.Count > 1 && best / size * WorthwhileGain > bestPerImage)
            {
                // One disappointment may be noise.
                if (++disappointments == 2) break;
                continue;
            }

            disappointments = 0;
            bestPerImage = best / size;
            useful = size;
        }

        points.RemoveAll(point => point.BatchSize > useful);
        RunUnmeasuredSizes(session, points, cancellation);
        return new BatchLatencyCurve(points);
    }

    private static int NextSize(int size, int max) => size < max ? Math.Min(size * 2, max) : max + 1;

    /// <summary>One run to warm up, then as many as fit, at least one.</summary>
    private static (TimeSpan Median, TimeSpan Best) Time(
        IModelSession session, int size, TimeProvider clock, TimeSpan budget, CancellationToken cancellation)
    {
        long startedAt = clock.GetTimestamp();
        cancellation.ThrowIfCancellationRequested();
        session.Run(size);
        var times = new List<TimeSpan>(RunsPerSize);
        while (times.Count < RunsPerSize && (times.Count == 0 || clock.GetElapsedTime(startedAt) + times[^1] < budget))
        {
            cancellation.ThrowIfCancellationRequested();
            long runStartedAt = clock.GetTimestamp();
            session.Run(size);
            times.Add(clock.GetElapsedTime(runStartedAt));
        }

        times.Sort();
        return (times[times.Count / 2], times[0]);
    }

    private static void RunUnmeasuredSizes(IModelSession session, List<BatchLatency> points, CancellationToken cancellation)
    {
        int useful = points[^1].BatchSize;
        for (int size = 1; size <= useful; size++)
        {
            if (points.Exists(point => point.BatchSize == size)) continue;
            cancellation.ThrowIfCancellationRequested();
            session.Run(size);
        }
    }
}
