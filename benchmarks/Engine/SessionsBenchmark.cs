using System.Diagnostics;
using Capacity.Simulation;
using InferenceApi.Runtime;

namespace Benchmarks.Engine;

/// <summary>
/// Which arrangement is best: for one image at idle (median run time) and under backlog (images per second), the latter also while
/// other threads prepare as many pictures as are classified, as in service.
/// </summary>
internal static class SessionsBenchmark
{
    // What decoding and preparing a photograph takes on one core, about.
    private static readonly TimeSpan PrepareTime = TimeSpan.FromMilliseconds(2.5);

    private sealed record Arrangement(string Name, int Models, int Runners, int Threads, bool Spin, int[] Batches);

    public static void Run(string path, double seconds)
    {
        using var model = new ModelFile(path);
        int cores = Environment.ProcessorCount;
        int work = Calibrate();
        Arrangement[] arrangements =
        [
            new("1 runner, all cores", 1, 1, cores, false, [1, 2, 4, 8]),
            new("1 runner, all cores, spinning", 1, 1, cores, true, [1, 4]),
            new("one runner a core, 1 thread each, weights shared", 1, cores, 1, false, [1, 4]),
            new("2 runners, all cores each, weights shared", 1, 2, cores, false, [1, 4]),
            new("one session a core, 1 thread each", cores, 1, 1, false, [1, 4]),
        ];
        Console.WriteLine($"{Path.GetFileName(path)}, {cores} cores, median of 3 rounds of {seconds} s");
        Console.WriteLine("| arrangement | batch | run ms (p50) | images/s | images/s while preparing |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        (Arrangement Arrangement, int Batch)[] cases = [.. arrangements.SelectMany(each => each.Batches.Select(batch => (each, batch)))];
        var rounds = cases.Select(_ => new List<(double Alone, double Preparing, double Median)>()).ToArray();
        // Round by round, so that a noisy minute of the machine hits all of them.
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < cases.Length; i++)
            {
                (double alone, double median) = Measure(model, cases[i].Arrangement, cases[i].Batch, seconds, preparing: false, work);
                double preparing = Measure(model, cases[i].Arrangement, cases[i].Batch, seconds, preparing: true, work).Throughput;
                rounds[i].Add((alone, preparing, median));
            }
        }

        for (int i = 0; i < cases.Length; i++)
        {
            Console.WriteLine(
                $"| {cases[i].Arrangement.Name} | {cases[i].Batch} | {LatencySummary.Median(rounds[i].Select(r => r.Median)):F1} | " +
                $"{LatencySummary.Median(rounds[i].Select(r => r.Alone)):F1} | " +
                $"{LatencySummary.Median(rounds[i].Select(r => r.Preparing)):F1} |");
        }
    }

    private static (double Throughput, double Median) Measure(
        ModelFile model, Arrangement arrangement, int batch, double seconds, bool preparing, int workOfOneImage)
    {
        var options = new RuntimeOptions
        {
            Sessions = arrangement.Runners,
            IntraOpThreads = arrangement.Threads,
            AllowSpinning = arrangement.Spin,
            MaxBatch = batch,
            OptimizedGraphCache = model.GraphCache,
        };
        IModelInstance[] sessions = [.. Enumerable.Range(0, arrangement.Models).SelectMany(_ => model.Open(options))];
        foreach (IModelInstance session in sessions) session.Run(batch);

        using var end = new CancellationTokenSource();
        using var toPrepare = new SemaphoreSlim(0);
        using var prepared = new SemaphoreSlim(4 * batch * sessions.Length);
        var times = new List<double>();
        long images = 0;
        Thread[] threads =
        [
            .. sessions.Select(session => new Thread(() => RunUntil(end.Token, session))),
            .. preparing ? Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() => PrepareUntil(end.Token))) : [],
        ];
        long startedAt = Stopwatch.GetTimestamp();
        foreach (Thread thread in threads) thread.Start();
        end.CancelAfter(TimeSpan.FromSeconds(seconds));
        foreach (Thread thread in threads) thread.Join();
        double throughput = images / Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
        foreach (IModelInstance session in sessions) session.Dispose();
        return (throughput, LatencySummary.Median(times));

        void RunUntil(CancellationToken ended, IModelInstance session)
        {
            while (!ended.IsCancellationRequested)
            {
                for (int row = 0; preparing && row < batch; row++)
                {
                    if (!prepared.Wait(TimeSpan.FromSeconds(seconds))) return;
                    toPrepare.Release();
                }

                long runStartedAt = Stopwatch.GetTimestamp();
                session.Run(batch);
                lock (times) times.Add(Stopwatch.GetElapsedTime(runStartedAt).TotalMilliseconds);
                Interlocked.Add(ref images, batch);
            }
        }

        void PrepareUntil(CancellationToken ended)
        {
            try
            {
                while (true)
                {
                    toPrepare.Wait(ended);
                    Work(workOfOneImage);
                    prepared.Release();
                }
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    /// <summary>
    /// Steps of <see cref="Work"/> in <see cref="PrepareTime"/>: an amount of work, so that a preempted thread does not get away with less.
    /// </summary>
    private static int Calibrate()
    {
        const int Steps = 20_000_000;
        Work(Steps);
        long startedAt = Stopwatch.GetTimestamp();
        Work(Steps);
        return (int)(Steps * (PrepareTime / Stopwatch.GetElapsedTime(startedAt)));
    }

    private static uint Work(int steps)
    {
        uint state = 1;
        for (int i = 0; i < steps; i++) state = (state * 1_664_525) + 1_013_904_223;
        return state;
    }
}
