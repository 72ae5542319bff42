using InferenceApi.Runtime;

namespace InferenceApi.Batching;

/// <summary>
/// Runs a new instance at every batch size in use, finds the largest useful batch, and measures the curve.
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

    /// <param name="instances">Of one model, at least one; the first is measured. Their input memory may hold anything finite.</param>
    /// <param name="slots">
    /// A slot is taken for every run, so that served models keep their share and do not disturb the measurement.
    /// </param>
    /// <param name="clock">What runs are timed with.</param>
    /// <param name="budget">After this time only necessary runs are made: large models get fewer points instead of a slow start.</param>
    /// <param name="cancellation">Checked between runs.</param>
    public static BatchLatencyCurve Measure(
        IReadOnlyList<IModelInstance> instances, ComputeSlots slots, TimeProvider clock, TimeSpan budget, CancellationToken cancellation)
    {
        long startedAt = clock.GetTimestamp();
        if (!instances[0].BatchSizes.IsExact) return MeasureSizes(instances, slots, clock, cancellation);
        TimeSpan RunOnce(int size) => TimedRun(instances[0], size, slots, clock, cancellation);
        List<BatchLatency> points = FindUsefulSizes(
            RunOnce, instances[0].MaxBatch, budget, () => budget - clock.GetElapsedTime(startedAt));
        for (int size = 1; size <= points[^1].BatchSize; size++)
        {
            if (!points.Exists(point => point.BatchSize == size)) RunOnce(size);
        }

        foreach (IModelInstance other in instances.Skip(1)) TimedRun(other, points[^1].BatchSize, slots, clock, cancellation);
        return new BatchLatencyCurve(points);
    }

    /// <summary>
    /// Runs all one-core instances at once, one image each, as under backlog: a lone run would have more cache and memory bandwidth.
    /// </summary>
    /// <param name="instances">As many as there are cores, at least one.</param>
    /// <param name="slots">All of them are taken.</param>
    /// <param name="clock">What runs are timed with.</param>
    /// <param name="budget">After this long, one round is enough.</param>
    /// <param name="cancellation">Checked between rounds.</param>
    public static BatchLatencyCurve MeasureTogether(
        IReadOnlyList<IModelInstance> instances, ComputeSlots slots, TimeProvider clock, TimeSpan budget, CancellationToken cancellation)
    {
        long startedAt = clock.GetTimestamp();
        var times = new List<TimeSpan>();
        // The first round warms up; it counts only if the budget allows no other.
        for (int round = 0; round <= RunsPerSize && (round == 0 || clock.GetElapsedTime(startedAt) < budget); round++)
        {
            cancellation.ThrowIfCancellationRequested();
            TimeSpan[] together = RunTogether(instances, slots, clock);
            if (round == 1) times.Clear();
            times.AddRange(together);
        }

        times.Sort();
        return new BatchLatencyCurve([new BatchLatency(1, times[times.Count / 2])]);
    }

    private static TimeSpan[] RunTogether(IReadOnlyList<IModelInstance> instances, ComputeSlots slots, TimeProvider clock)
    {
        var times = new TimeSpan[instances.Count];
        Task[] runs = [.. instances.Select(_ => Task.CompletedTask)];
        int taken = slots.Take(instances[0].Device, (free, _) => free == slots.PerDevice ? free : 0);
        try
        {
            for (int i = 0; i < runs.Length; i++)
            {
                int number = i;
                // Dedicated threads: pool threads that block for a run starve the web server.
                runs[i] = Task.Factory.StartNew(
                    () =>
                    {
                        long startedAt = clock.GetTimestamp();
                        instances[number].Run(1);
                        times[number] = clock.GetElapsedTime(startedAt);
                    },
                    CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
        }
        finally
        {
            // Also where a thread could not be started: instances must not be closed while they run.
            Task.WhenAll(runs).ContinueWith(static _ => { }, TaskScheduler.Default).GetAwaiter().GetResult();
            slots.Release(instances[0].Device, taken);
        }

        Task.WhenAll(runs).GetAwaiter().GetResult();
        return times;
    }

    /// <summary>
    /// Runs every size regardless of the budget, the largest first so that memory is allocated once: a size that first ran in service would
    /// make its callers wait for plans. Every instance has its own plans.
    /// </summary>
    private static BatchLatencyCurve MeasureSizes(
        IReadOnlyList<IModelInstance> instances, ComputeSlots slots, TimeProvider clock, CancellationToken cancellation)
    {
        BatchSizes batchSizes = instances[0].BatchSizes;
        var points = new List<BatchLatency>();
        foreach (int size in batchSizes.Sizes.Reverse())
        {
            TimeSpan median =
                Time(rows => TimedRun(instances[0], rows, slots, clock, cancellation), size, TimeSpan.Zero, () => TimeSpan.MaxValue).Median;
            points.Insert(0, new BatchLatency(size, median));
        }

        int useful = UsefulPoints(points);
        foreach (IModelInstance other in instances.Skip(1))
        {
            // Twice: the first run plans, the second replays.
            foreach (int size in batchSizes.Sizes.Take(useful).Reverse().SelectMany(size => (int[])[size, size]))
                TimedRun(other, size, slots, clock, cancellation);
        }

        return new BatchLatencyCurve(points[..useful], batchSizes);
    }

    /// <summary>Points up to the last that raised the throughput by the required gain, in proportion to the step.</summary>
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

    /// <summary>Doubles the batch while the throughput grows enough; the last point is the largest useful batch.</summary>
    private static List<BatchLatency> FindUsefulSizes(
        Func<int, TimeSpan> runOnce, int maxBatch, TimeSpan budget, Func<TimeSpan> timeLeft)
    {
        var points = new List<BatchLatency>();
        TimeSpan bestPerImage = TimeSpan.MaxValue;
        int useful = 1, disappointments = 0;
        for (int size = 1; size <= maxBatch; size = NextSize(size, maxBatch))
        {
            // The next size takes about twice as long, and runs twice; it is skipped if the budget does not suffice.
            if (points.Count > 0 && 4 * points[^1].RunTime > timeLeft()) break;
            (TimeSpan median, TimeSpan best) = Time(runOnce, size, timeLeft() / 2, timeLeft);
            points.Add(new BatchLatency(size, median));
            if (points.Count > 1 && best / size * WorthwhileGain > bestPerImage)
            {
                // One bad measurement may be noise.
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
        // Not for slow models, whose start it would dominate.
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
        IModelInstance instance, int size, ComputeSlots slots, TimeProvider clock, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        int taken = slots.Take(instance.Device, (free, _) => free >= instance.Slots ? instance.Slots : 0);
        try
        {
            long startedAt = clock.GetTimestamp();
            instance.Run(size);
            return clock.GetElapsedTime(startedAt);
        }
        finally
        {
            slots.Release(instance.Device, taken);
        }
    }
}
