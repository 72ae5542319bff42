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

    // Where the budget ends before a verdict, this many: too small a limit can cost a tenth of the throughput for the model's whole
    // life (ResNet-18 on two cores: 104 to 116 images/s), too large a one only some waiting under load.
    private const int UnprovenBatch = 4;

    // Images that trying it takes: twice itself, and the sizes below that have not run.
    private const int UnprovenImages = 13;

    /// <param name="sessions">Of one model, at least one; the first is measured. Their input memory may hold anything finite.</param>
    /// <param name="slots">A slot is taken for every run, so that models in service keep their turns, and the measure stays true.</param>
    /// <param name="clock">What runs are timed with.</param>
    /// <param name="budget">After this long only what must be run is run: big models get few points instead of a slow start.</param>
    /// <param name="cancellation">Looked at between runs.</param>
    public static BatchLatencyCurve Measure(
        IReadOnlyList<IModelInstance> sessions, ComputeSlots slots, TimeProvider clock, TimeSpan budget, CancellationToken cancellation)
    {
        long startedAt = clock.GetTimestamp();
        if (!sessions[0].BatchSizes.IsExact) return MeasureSizes(sessions, slots, clock, cancellation);
        TimeSpan RunOnce(int size) => TimedRun(sessions[0], size, slots, clock, cancellation);
        List<BatchLatency> points = FindUsefulSizes(
            RunOnce, sessions[0].MaxBatch, budget, () => budget - clock.GetElapsedTime(startedAt));
        for (int size = 1; size <= points[^1].BatchSize; size++)
        {
            if (!points.Exists(point => point.BatchSize == size)) RunOnce(size);
        }

        foreach (IModelInstance other in sessions.Skip(1)) TimedRun(other, points[^1].BatchSize, slots, clock, cancellation);
        return new BatchLatencyCurve(points);
    }

    /// <summary>
    /// Runs sessions of one core all at once, one image each, as they will under backlog: alone each would find more of the caches and of
    /// the memory's pace than it will have.
    /// </summary>
    /// <param name="sessions">As many as there are cores, at least one.</param>
    /// <param name="slots">All of them are taken.</param>
    /// <param name="clock">What runs are timed with.</param>
    /// <param name="budget">After this long, one round is enough.</param>
    /// <param name="cancellation">Looked at between rounds.</param>
    public static BatchLatencyCurve MeasureTogether(
        IReadOnlyList<IModelInstance> sessions, ComputeSlots slots, TimeProvider clock, TimeSpan budget, CancellationToken cancellation)
    {
        long startedAt = clock.GetTimestamp();
        var times = new List<TimeSpan>();
        // The first round warms up; it counts where there is no time for another.
        for (int round = 0; round <= RunsPerSize && (round == 0 || clock.GetElapsedTime(startedAt) < budget); round++)
        {
            cancellation.ThrowIfCancellationRequested();
            TimeSpan[] together = RunTogether(sessions, slots, clock);
            if (round == 1) times.Clear();
            times.AddRange(together);
        }

        times.Sort();
        return new BatchLatencyCurve([new BatchLatency(1, times[times.Count / 2])]);
    }

    private static TimeSpan[] RunTogether(IReadOnlyList<IModelInstance> sessions, ComputeSlots slots, TimeProvider clock)
    {
        var times = new TimeSpan[sessions.Count];
        Task[] runs = [.. sessions.Select(_ => Task.CompletedTask)];
        int taken = slots.Take(sessions[0].Device, (free, _) => free == slots.PerDevice ? free : 0);
        try
        {
            for (int i = 0; i < runs.Length; i++)
            {
                int number = i;
                // Threads of their own: pool threads that block for a run starve the web server.
                runs[i] = Task.Factory.StartNew(
                    () =>
                    {
                        long startedAt = clock.GetTimestamp();
                        sessions[number].Run(1);
                        times[number] = clock.GetElapsedTime(startedAt);
                    },
                    CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
        }
        finally
        {
            // Also where a thread could not be started: the others' sessions must not be closed under them.
            Task.WhenAll(runs).ContinueWith(static _ => { }, TaskScheduler.Default).GetAwaiter().GetResult();
            slots.Release(sessions[0].Device, taken);
        }

        Task.WhenAll(runs).GetAwaiter().GetResult();
        return times;
    }

    /// <summary>
    /// Every size of the ladder whatever it takes, largest first so that memory is asked for once: a size that first ran in service would
    /// make its callers wait for plans. Other sessions have plans of their own.
    /// </summary>
    private static BatchLatencyCurve MeasureSizes(
        IReadOnlyList<IModelInstance> sessions, ComputeSlots slots, TimeProvider clock, CancellationToken cancellation)
    {
        BatchSizes batchSizes = sessions[0].BatchSizes;
        var points = new List<BatchLatency>();
        foreach (int size in batchSizes.Sizes.Reverse())
        {
            TimeSpan median =
                Time(rows => TimedRun(sessions[0], rows, slots, clock, cancellation), size, TimeSpan.Zero, () => TimeSpan.MaxValue).Median;
            points.Insert(0, new BatchLatency(size, median));
        }

        int useful = UsefulPoints(points);
        foreach (IModelInstance other in sessions.Skip(1))
        {
            // Twice: the first run plans, the second replays.
            foreach (int size in batchSizes.Sizes.Take(useful).Reverse().SelectMany(size => (int[])[size, size]))
                TimedRun(other, size, slots, clock, cancellation);
        }

        return new BatchLatencyCurve(points[..useful], batchSizes);
    }

    /// <summary>Points up to the last that brought throughput: as much as a doubling must, in proportion to the step.</summary>
    private static int UsefulPoints(List<BatchLatency> points)
    {
        int useful = 1;
        for (int i = 1; i < points.Count; i++)
        {
            (BatchLatency best, BatchLatency point) = (points[useful - 1], points[i]);
            double doublings = Math.Log2((double)point.BatchSize / best.BatchSize);
            double gain = best.RunTime / best.BatchSize / (point.RunTime / point.BatchSize);
            if (gain >= Math.Pow(WorthwhileGain, doublings)) useful = i + 1;
        }

        return useful;
    }

    /// <summary>Doubles the batch for as long as that pays; the last point is the largest that did.</summary>
    private static List<BatchLatency> FindUsefulSizes(
        Func<int, TimeSpan> runOnce, int maxBatch, TimeSpan budget, Func<TimeSpan> timeLeft)
    {
        var points = new List<BatchLatency>();
        TimeSpan bestPerImage = TimeSpan.MaxValue;
        int useful = 1, disappointments = 0;
        for (int size = 1; size <= maxBatch; size = NextSize(size, maxBatch))
        {
            // The next size takes about twice the last one's, twice; what does not fit is not begun.
            if (points.Count > 0 && 4 * points[^1].RunTime > timeLeft()) break;
            (TimeSpan median, TimeSpan best) = Time(runOnce, size, timeLeft() / 2, timeLeft);
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
        int unproven = Math.Min(UnprovenBatch, maxBatch);
        bool proven = disappointments == 2 || useful >= unproven;
        // Not for models so slow that it would dominate their start.
        if (!proven && UnprovenImages * points[0].RunTime <= 2 * budget)
            points.Add(new BatchLatency(unproven, Time(runOnce, unproven, budget, timeLeft).Median));
        return points;
    }

    private static int NextSize(int size, int max) => size < max ? Math.Min(size * 2, max) : max + 1;

    /// <summary>One run to warm up, then up to three while more than <paramref name="reserve"/> is left, at least one.</summary>
    private static (TimeSpan Median, TimeSpan Best) Time(Func<int, TimeSpan> runOnce, int size, TimeSpan reserve, Func<TimeSpan> timeLeft)
    {
        runOnce(size);
        var times = new List<TimeSpan>(RunsPerSize);
        do times.Add(runOnce(size));
        while (times.Count < RunsPerSize && timeLeft() - times[^1] > reserve);
        times.Sort();
        return (times[times.Count / 2], times[0]);
    }

    private static TimeSpan TimedRun(
        IModelInstance session, int size, ComputeSlots slots, TimeProvider clock, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        int taken = slots.Take(session.Device, (free, _) => free >= session.Slots ? session.Slots : 0);
        try
        {
            long startedAt = clock.GetTimestamp();
            session.Run(size);
            return clock.GetElapsedTime(startedAt);
        }
        finally
        {
            slots.Release(session.Device, taken);
        }
    }
}
