using System.Diagnostics;
using InferenceApi.Batching;
using InferenceApi.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace Benchmarks.Gpu;

/// <summary>The service's queue, workers and sessions, fed with images that lie in memory: what is left of the raw loop.</summary>
internal static class FedPart
{
    public static async Task RunAsync(MeasureOptions options)
    {
        Console.WriteLine("| model | sessions | raw loop img/s | fed img/s | ratio | images a run |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (int sessions in (int[])[1, 2, 3])
        {
            RuntimePlan runtime = options.Choose(asked => asked with { Sessions = sessions });
            foreach (string model in options.Models) await MeasureAsync(options, model, runtime).ConfigureAwait(false);
        }
    }

    private static async Task MeasureAsync(MeasureOptions options, string model, RuntimePlan runtime)
    {
        IReadOnlyList<IModelInstance> sessions = options.Open(model, runtime);
        foreach (IModelInstance session in sessions) Noise.Fill(session);
        var slots = new ComputeSlots(runtime.Instances, runtime.DeviceIds.Count);
        BatchLatencyCurve curve = WarmUp.Measure(sessions, slots, TimeProvider.System, TimeSpan.FromSeconds(2), default);
        double raw = curve.Points.Max(point => point.BatchSize / Timing.Of(() => sessions[0].Run(point.BatchSize), options.Time / 8 / curve.Points.Count).P50 * 1000);

        var queue = new ImageQueue(8 * curve.LargestUsefulBatch, sessions[0].RowLength, TimeProvider.System);
        long runs = 0, images = 0;
        void Count(BatchRun run)
        {
            Interlocked.Increment(ref runs);
            Interlocked.Add(ref images, run.Rows);
        }

        BatchWorker[] workers = [.. sessions.Select(session => new BatchWorker(model, new MeasuredInstance(session, curve), queue, slots, TimeProvider.System, Count, NullLogger.Instance))];
        foreach (BatchWorker worker in workers) worker.Start();
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 4 * curve.LargestUsefulBatch).Select(seed => Task.Run(() => FeedAsync(queue, sessions[0].RowLength, seed, start, options.Time)))).ConfigureAwait(false);
        double fed = images / Stopwatch.GetElapsedTime(start).TotalSeconds;
        queue.Close();
        await Task.WhenAll(workers.Select(worker => worker.Ended)).ConfigureAwait(false);
        foreach (IModelInstance session in sessions) session.Dispose();
        Console.WriteLine($"| {model} | {runtime.Instances} | {raw:F0} | {fed:F0} | {fed / raw:F2} | {(double)images / runs:F1} |");
    }

    private static async Task FeedAsync(ImageQueue queue, int rowLength, int seed, long start, TimeSpan time)
    {
        using var image = new ReusedImage(rowLength);
        Noise.Fill(image.Memory.Span, seed);
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            if (!queue.TryEnqueue(image, long.MaxValue, default, out Task<ImageResult> answer)) throw new InvalidOperationException("The queue is closed.");
            using ImageResult result = await answer.ConfigureAwait(false);
        }
    }
}
