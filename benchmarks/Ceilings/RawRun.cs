namespace Benchmarks.Ceilings;

/// <summary>One way to run the network.</summary>
/// <param name="Concurrency">Runs at once: 1 on all cores, or as many as cores with one thread each.</param>
/// <param name="Batch">Images a run.</param>
/// <param name="MedianMs">Median time of a run, while all the others of the arrangement go on.</param>
/// <param name="ImagesPerSecond">Of all runs together, median of the slices.</param>
internal sealed record RawRun(int Concurrency, int Batch, double MedianMs, double ImagesPerSecond);
