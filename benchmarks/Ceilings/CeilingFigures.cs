using Capacity.Simulation;

namespace Benchmarks.Ceilings;

/// <summary>What the parts can do without a server around them: the JSON document that the verb prints and the load verb reads.</summary>
/// <param name="Cores">Cores the process may use.</param>
/// <param name="DecodeMs">Mean of decoding a picture, on one core.</param>
/// <param name="PrepareMs">Mean of the whole way from file to tensor, decoding included, on one core.</param>
/// <param name="PrepareMedianMs">Its median over the pictures.</param>
/// <param name="Raw">ONNX Runtime alone.</param>
internal sealed record CeilingFigures(int Cores, double DecodeMs, double PrepareMs, double PrepareMedianMs, IReadOnlyList<RawRun> Raw)
{
    /// <summary>Images a second of a server that spends its cores on nothing but preparing and running.</summary>
    /// <param name="way">How it runs: one that <see cref="BestWay"/> chose, or any other that was measured.</param>
    public double Saturation((int Concurrency, int Batch) way) =>
        1 / ((1 / Raw.First(run => (run.Concurrency, run.Batch) == way).ImagesPerSecond) + (PrepareMs / 1000 / Cores));

    /// <summary>Milliseconds of one picture on an idle machine.</summary>
    public double Idle => PrepareMedianMs + Raw.First(run => run is { Concurrency: 1, Batch: 1 }).MedianMs;

    /// <summary>Milliseconds of n images under the better arrangement.</summary>
    public BatchCurve Envelope() =>
        BestArrangement.Envelope(MedianMs(run => run.Concurrency == 1), MedianMs(run => run.Concurrency > 1), Cores);

    /// <summary>
    /// Batch size and way to share the cores that ran most images a second, by the median over rounds: the best of each round would be the
    /// luckiest of a dozen short measurements, and no machine's limit.
    /// </summary>
    public static (int Concurrency, int Batch) BestWay(IEnumerable<CeilingFigures> rounds) => rounds
        .SelectMany(round => round.Raw)
        .GroupBy(run => (run.Concurrency, run.Batch))
        .MaxBy(runs => LatencySummary.Median(runs.Select(run => run.ImagesPerSecond)))!.Key;

    private Dictionary<int, double> MedianMs(Func<RawRun, bool> chosen) =>
        Raw.Where(chosen).ToDictionary(run => run.Batch, run => run.MedianMs);
}
