using System.Diagnostics;
using System.Diagnostics.Metrics;
using InferenceApi.Batching;
using InferenceApi.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Benchmarks.Engine;

/// <summary>CPU and allocation per image of admitting, enqueueing, forming batches and handing back, at saturation.</summary>
internal static class OverheadBenchmark
{
    private const int Callers = 32;

    public static async Task RunAsync(int images)
    {
        Console.WriteLine("| engine, zero-cost session | images/s | CPU µs/image | bytes/image | images/run | gen 0, 1, 2 |");
        Console.WriteLine("|---|---:|---:|---:|---:|---|");
        for (int round = 0; round < 3; round++)
        {
            await MeasureAsync("rows of 1 float (no copy)", rowLength: 1, images);
            await MeasureAsync("rows of 602,112 bytes", rowLength: 3 * 224 * 224, images / 4);
        }

        MeasureCopy(images / 4);
    }

    private static async Task MeasureAsync(string name, int rowLength, int images)
    {
        using var session = new FreeInstance(rowLength);
        var slots = new ComputeSlots(1);
        var queue = new ImageQueue(64, rowLength, TimeProvider.System);
        var curve = new BatchLatencyCurve([new BatchLatency(8, TimeSpan.FromMicroseconds(1))]);
        await using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var metrics = new InferenceMetrics(services.GetRequiredService<IMeterFactory>());
        var worker = new BatchWorker(
            "free", 1, new MeasuredInstance(session, curve), queue, slots, metrics, TimeProvider.System, NullLogger.Instance);
        var admission = new Admission(queue, new RunTimeModel(curve), slots, [worker], TimeProvider.System);
        worker.Start();
        await ClassifyAsync(admission, rowLength, images / 10);

        int[] collections = [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)];
        long runsBefore = session.Runs;
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var wall = Stopwatch.StartNew();
        await ClassifyAsync(admission, rowLength, images);
        double seconds = wall.Elapsed.TotalSeconds;
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        long runsMade = session.Runs - runsBefore;
        int[] collected = [.. collections.Select((before, generation) => GC.CollectionCount(generation) - before)];
        Console.WriteLine(
            $"| {name} | {images / seconds:F0} | {cpu.TotalMicroseconds / images:F1} | {bytes / images} | {(double)images / runsMade:F1} "
            + $"| {string.Join(", ", collected)} |");
        queue.Close();
        await worker.Ended;
    }

    private static Task<float[]> ClassifyAsync(Admission admission, int rowLength, int images) =>
        Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            using var image = new ReusedImage(rowLength);
            using var client = new CancellationTokenSource();
            float best = 0;
            for (int i = 0; i < images / Callers; i++)
            {
                using AdmissionTicket ticket = admission.Admit(1, long.MaxValue, TimeSpan.Zero);
                using ImageResult result = await ticket.EnqueueAsync(image, client.Token);
                best += result.Logits[0];
            }

            return best;
        })));

    private static void MeasureCopy(int images)
    {
        float[] source = new float[3 * 224 * 224];
        float[] target = new float[8 * source.Length];
        long startedAt = Stopwatch.GetTimestamp();
        for (int i = 0; i < images; i++) source.CopyTo(target, i % 8 * source.Length);
        Console.WriteLine($"The copy of one row alone: {Stopwatch.GetElapsedTime(startedAt).TotalMicroseconds / images:F1} µs.");
    }
}
