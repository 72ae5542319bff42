using System.Diagnostics;
using InferenceApi.Batching;
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
        long runs = 0;
        var worker = new BatchWorker("free", new MeasuredInstance(session, curve), queue, slots, TimeProvider.System, _ => runs++, NullLogger.Instance);
        var admission = new Admission(queue, new RunTimeModel(curve), slots, [worker], TimeProvider.System);
        worker.Start();
        await ClassifyAsync(queue, admission, rowLength, images / 10);

        int[] collections = [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)];
        long runsBefore = Volatile.Read(ref runs);
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var wall = Stopwatch.StartNew();
        await ClassifyAsync(queue, admission, rowLength, images);
        double seconds = wall.Elapsed.TotalSeconds;
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        long runsMade = Volatile.Read(ref runs) - runsBefore;
        Console.WriteLine(
            $"| {name} | {images / seconds:F0} | {cpu.TotalMicroseconds / images:F1} | {bytes / images} | {(double)images / runsMade:F1} | " +
            $"{GC.CollectionCount(0) - collections[0]}, {GC.CollectionCount(1) - collections[1]}, {GC.CollectionCount(2) - collections[2]} |");
        queue.Close();
        await worker.Ended;
    }

    private static Task<float[]> ClassifyAsync(ImageQueue queue, Admission admission, int rowLength, int images) =>
        Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            using var image = new ReusedImage(rowLength);
            using var client = new CancellationTokenSource();
            float best = 0;
            for (int i = 0; i < images / Callers; i++)
            {
                using AdmissionTicket ticket = admission.Admit(1, long.MaxValue, TimeSpan.Zero);
                if (!ticket.TryEnqueue(queue, image, client.Token, out Task<ImageResult> answer)) throw new InvalidOperationException("Closed.");
                using ImageResult result = await answer;
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
