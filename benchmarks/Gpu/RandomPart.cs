using System.Diagnostics;
using Capacity.Simulation;
using InferenceApi.Runtime;

namespace Benchmarks.Gpu;

/// <summary>
/// Batch sizes that change at random: no run may take three times its size's median, or plans are being built in steady state.
/// </summary>
internal static class RandomPart
{
    private const double Target = 3;

    public static int Run(MeasureOptions options)
    {
        RuntimePlan runtime = options.Choose(asked => asked with { Sessions = 1 });
        bool good = true;
        Console.WriteLine("| model | runs | worst run / median of its size | at size | runs over 3 × |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        foreach (string model in options.Models)
        {
            using IModelInstance session = options.Open(model, runtime)[0];
            Noise.Fill(session);
            foreach (int size in session.BatchSizes.Sizes.Reverse())
            {
                for (int i = 0; i < 3; i++) session.Run(size);
            }

            good &= Report(model, Measure(session, options.Time));
        }

        return good ? 0 : 1;
    }

    private static List<(int Size, double Ms)> Measure(IModelInstance session, TimeSpan time)
    {
        var random = new Random(1);
        var runs = new List<(int Size, double Ms)>();
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            int rows = random.Next(1, session.MaxBatch + 1);
            long begun = Stopwatch.GetTimestamp();
            session.Run(rows);
            runs.Add((session.BatchSizes.RunSize(rows), Stopwatch.GetElapsedTime(begun).TotalMilliseconds));
        }

        return runs;
    }

    private static bool Report(string model, List<(int Size, double Ms)> runs)
    {
        Dictionary<int, double> medians = runs.GroupBy(run => run.Size)
            .ToDictionary(group => group.Key, group => LatencySummary.Median(group.Select(run => run.Ms)));
        (int size, double worst) = runs.Select(run => (run.Size, run.Ms / medians[run.Size])).MaxBy(run => run.Item2);
        int over = runs.Count(run => run.Ms > Target * medians[run.Size]);
        Console.WriteLine($"| {model} | {runs.Count} | {worst:F2} | {size} | {over} |");
        return over == 0;
    }
}
