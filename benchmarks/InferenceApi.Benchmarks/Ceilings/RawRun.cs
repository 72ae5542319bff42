namespace InferenceApi.Benchmarks.Ceilings;

/// <summary>One way to run the network.</summary>
/// <param name="Concurrency">Runs at once: 1 on all cores, or as many as cores with one thread each.</param>
/// <param name="Batch">Images a run.</param>
/// <param name="MedianMs">Median run time.</param>
/// <param name="ImagesPerSecond">Of all runs together.</param>
internal sealed record RawRun(int Concurrency, int Batch, double MedianMs, double ImagesPerSecond);
