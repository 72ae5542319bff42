using System.Diagnostics;
using InferenceApi.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using ModelStore;

namespace InferenceApi.Benchmarks.Ceilings;

/// <summary>
/// ONNX Runtime alone, through the server's own sessions and options, at every batch size: one run at a time on all cores, and as many
/// runs as cores with one thread each.
/// </summary>
internal static class RawCeiling
{
    private const int MaxBatch = 16;
    private static readonly int[] BatchSizes = [1, 2, 3, 4, 6, 8, 16];

    public static IReadOnlyList<RawRun> Measure(InstalledModel model, TimeSpan time)
    {
        int cores = Environment.ProcessorCount;
        var runs = new List<RawRun>();
        runs.AddRange(Measure(model, new RuntimeOptions { Sessions = 1, IntraOpThreads = cores, MaxBatch = MaxBatch }, time));
        if (cores > 1) runs.AddRange(Measure(model, new RuntimeOptions { Sessions = cores, IntraOpThreads = 1, MaxBatch = MaxBatch }, time));
        return runs;
    }

    private static List<RawRun> Measure(InstalledModel model, RuntimeOptions options, TimeSpan time)
    {
        IReadOnlyList<IModelSession> sessions = OnnxModel.OpenSessions(model, options, NullLogger.Instance);
        try
        {
            FillWithNoise(sessions);
            return [.. BatchSizes.Select(batch => Measure(sessions, batch, time))];
        }
        finally
        {
            foreach (IModelSession session in sessions) session.Dispose();
        }
    }

    private static RawRun Measure(IReadOnlyList<IModelSession> sessions, int batch, TimeSpan time)
    {
        foreach (IModelSession session in sessions) session.Run(batch);
        var runTimes = new List<double>[sessions.Count];
        long start = Stopwatch.GetTimestamp();
        Thread[] threads = [.. sessions.Select((session, i) => new Thread(() => runTimes[i] = Runs(session, batch, start, time)))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();

        double[] sorted = [.. runTimes.SelectMany(list => list).Order()];
        // Each thread's own rate: the last run of one may go on after the other has ended.
        double perSecond = runTimes.Sum(list => list.Count * batch * 1000 / list.Sum());
        return new RawRun(sessions.Count, batch, sorted[sorted.Length / 2], perSecond);
    }

    private static List<double> Runs(IModelSession session, int batch, long start, TimeSpan time)
    {
        var milliseconds = new List<double>();
        do
        {
            long runStart = Stopwatch.GetTimestamp();
            session.Run(batch);
            milliseconds.Add(Stopwatch.GetElapsedTime(runStart).TotalMilliseconds);
        }
        while (Stopwatch.GetElapsedTime(start) < time || milliseconds.Count < 2);
        return milliseconds;
    }

    /// <summary>Zeros would make denormals rarer and branches luckier than pictures do.</summary>
    private static void FillWithNoise(IReadOnlyList<IModelSession> sessions)
    {
        var random = new Random(1);
        foreach (IModelSession session in sessions)
        {
            for (int row = 0; row < session.MaxBatch; row++)
            {
                foreach (ref float value in session.InputRow(row).Span) value = (float)((random.NextDouble() * 4) - 2);
            }
        }
    }
}
