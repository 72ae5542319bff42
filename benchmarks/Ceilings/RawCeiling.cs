using InferenceApi.Runtime;
using InferenceApi.Runtime.Providers;
using Microsoft.Extensions.Logging.Abstractions;
using ModelStore;

namespace Benchmarks.Ceilings;

/// <summary>
/// ONNX Runtime alone, through the server's own sessions and options: one run at a time on all cores, and as many runs as cores with one
/// thread each. The two take turns in short slices, so that a neighbour who takes the machine for some seconds slows both alike.
/// </summary>
internal static class RawCeiling
{
    private const int Slices = 3;
    private const int MaxBatch = 16;
    private static readonly int[] BatchesOnAllCores = [1, 2, 3, 4, 6, 8, MaxBatch];

    // A single thread is busy with one image already; larger batches show whether it gains from them, up to as many in flight as above.
    private static readonly int[] BatchesOnOneThread = [1, 2, 4, 8];

    /// <param name="model">What to run.</param>
    /// <param name="time">For each batch size of each arrangement, over all slices; every slice has a run at least.</param>
    public static IReadOnlyList<RawRun> Measure(InstalledModel model, TimeSpan time)
    {
        int cores = Environment.ProcessorCount;
        var sessions = new List<IModelInstance>();
        try
        {
            RawSeries[] together = Open(model, 1, cores, BatchesOnAllCores, sessions);
            RawSeries[] apart = cores > 1 ? Open(model, cores, 1, BatchesOnOneThread, sessions) : [];
            // In the order of the batch sizes, so that what is compared is measured side by side.
            RawSeries[] all = [.. together.Concat(apart).OrderBy(series => series.Batch)];
            foreach (RawSeries series in all) series.WarmUp();
            for (int slice = 0; slice < Slices; slice++)
            {
                foreach (RawSeries series in all) series.Measure(time / Slices);
            }

            return [.. together.Concat(apart).Select(series => series.Result())];
        }
        finally
        {
            foreach (IModelInstance session in sessions) session.Dispose();
        }
    }

    /// <summary>One arrangement; its sessions are added to <paramref name="opened"/>, whose owner disposes them.</summary>
    private static RawSeries[] Open(InstalledModel model, int runners, int threads, int[] batches, List<IModelInstance> opened)
    {
        var options = new RuntimeOptions { Sessions = runners, IntraOpThreads = threads, MaxBatch = MaxBatch };
        IReadOnlyList<IModelInstance> sessions = NetworkOpener.Open(model, options.For(ExecutionProvider.Cpu), NullLogger.Instance).All;
        opened.AddRange(sessions);
        foreach (IModelInstance session in sessions) Noise.Fill(session);
        return [.. batches.Select(batch => new RawSeries(sessions, batch))];
    }
}
