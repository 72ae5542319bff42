using System.Diagnostics;
using System.Diagnostics.Metrics;
using InferenceApi.Batching;
using InferenceApi.Runtime;
using InferenceApi.Telemetry;
using Microsoft.Extensions.DependencyInjection;
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
        double raw = curve.Points.Max(
            point => point.BatchSize / Timing.Of(() => sessions[0].Run(point.BatchSize), options.Time / 8 / curve.Points.Count).P50 * 1000);

        var queue = new ImageQueue(8 * curve.LargestUsefulBatch, sessions[0].RowLength, TimeProvider.System);
        await using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new InferenceMetrics(services.GetRequiredService<IMeterFactory>());
        BatchWorker[] workers = [.. sessions.Select(session => new BatchWorker(
            model, 1, new MeasuredInstance(session, curve), queue, slots, metrics, TimeProvider.System, NullLogger.Instance))];
        foreach (BatchWorker worker in workers) worker.Start();
        long start = Stopwatch.GetTimestamp();
        (long Images, double Runs)[] fed = await Task.WhenAll(Enumerable.Range(0, 4 * curve.LargestUsefulBatch)
            .Select(seed => Task.Run(() => FeedAsync(queue, sessions[0].RowLength, seed, start, options.Time)))).ConfigureAwait(false);
        double rate = fed.Sum(feeder => feeder.Images) / Stopwatch.GetElapsedTime(start).TotalSeconds;
        queue.Close();
        await Task.WhenAll(workers.Select(worker => worker.Ended)).ConfigureAwait(false);
        foreach (IModelInstance session in sessions) session.Dispose();
        double imagesPerRun = fed.Sum(feeder => feeder.Images) / fed.Sum(feeder => feeder.Runs);
        Console.WriteLine($"| {model} | {runtime.Instances} | {raw:F0} | {rate:F0} | {rate / raw:F2} | {imagesPerRun:F1} |");
    }

    // Every image of a run counts its share of the run.
    private static async Task<(long Images, double Runs)> FeedAsync(ImageQueue queue, int rowLength, int seed, long start, TimeSpan time)
    {
        using var image = new ReusedImage(rowLength);
        Noise.Fill(image.Memory.Span, seed);
        (long images, double runs) = (0, 0);
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            if (!queue.TryEnqueue(image, long.MaxValue, default, out Task<ImageResult> answer))
                throw new InvalidOperationException("The queue is closed.");
            using ImageResult result = await answer.ConfigureAwait(false);
            images++;
            runs += 1.0 / result.BatchSize;
        }

        return (images, runs);
    }
}
