using Load.Simulation;

namespace Load.Scenarios;

/// <summary>What the parts can do without a server around them; printed by benchmarks/InferenceApi.Benchmarks.</summary>
/// <param name="Cores">Cores the process may use.</param>
/// <param name="DecodeMs">Mean of decoding a picture, on one core.</param>
/// <param name="PrepareMs">Mean of the whole way from file to tensor, decoding included, on one core.</param>
/// <param name="PrepareMedianMs">Its median over the pictures.</param>
/// <param name="Raw">ONNX Runtime alone.</param>
internal sealed record Ceilings(int Cores, double DecodeMs, double PrepareMs, double PrepareMedianMs, IReadOnlyList<RawRun> Raw)
{
    /// <summary>The best that ONNX Runtime did, over all batch sizes and both ways to share the cores.</summary>
    public RawRun Best => Raw.MaxBy(run => run.ImagesPerSecond)!;

    /// <summary>Images a second of a server that spends its cores on nothing but preparing and running.</summary>
    public double Saturation => 1 / ((1 / Best.ImagesPerSecond) + (PrepareMs / 1000 / Cores));

    /// <summary>Milliseconds of one picture on an idle machine.</summary>
    public double Idle => PrepareMedianMs + Raw.First(run => run is { Concurrency: 1, Batch: 1 }).MedianMs;

    /// <summary>Milliseconds of n images under the better arrangement.</summary>
    public BatchCurve Envelope() => BestArrangement.Envelope(MedianMs(run => run.Concurrency == 1), MedianMs(run => run.Concurrency > 1), Cores);

    private Dictionary<int, double> MedianMs(Func<RawRun, bool> chosen) => Raw.Where(chosen).ToDictionary(run => run.Batch, run => run.MedianMs);
}
