using Capacity.Simulation;
using InferenceApi.Runtime;
using InferenceApi.Runtime.Gpu;

namespace Benchmarks.Gpu;

/// <summary>
/// Every model at every batch size: runs alone on memory that stays on the device, and with both copies; one session, nobody else.
/// </summary>
internal static class RawPart
{
    public static void Run(MeasureOptions options)
    {
        RuntimePlan runtime = options.Choose(asked => asked with { Sessions = 1 });
        Console.WriteLine($"{runtime.Provider}, {runtime.Cuda}");
        Console.WriteLine("| model | batch | run p50 ms | img/s | with copies p50 / p99 ms | img/s | bus share |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        foreach (string model in options.Models)
        {
            IModelInstance session = options.Open(model, runtime)[0];
            using (session)
            {
                Noise.Fill(session);
                IReadOnlyList<int> sizes = session.BatchSizes.IsExact ? [1, session.MaxBatch] : session.BatchSizes.Sizes;
                TimeSpan time = options.Time / sizes.Count / 2;
                foreach (int size in sizes) Report(model, session, size, time);
            }
        }
    }

    private static void Report(string model, IModelInstance session, int size, TimeSpan time)
    {
        LatencySummary copied = Timing.Of(() => session.Run(size), time);
        LatencySummary alone = copied;
        if (session is BucketedInstance bucketed)
        {
            bucketed.CopiesRows = false;
            alone = Timing.Of(() => session.Run(size), time);
            bucketed.CopiesRows = true;
        }

        Console.WriteLine(
            $"| {model} | {size} | {alone.P50:F3} | {size * 1000 / alone.P50:F0} | {copied.P50:F3} / {copied.P99:F3} "
            + $"| {size * 1000 / copied.P50:F0} | {1 - (alone.P50 / copied.P50):P0} |");
    }
}
