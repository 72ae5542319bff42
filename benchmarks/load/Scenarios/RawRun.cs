namespace Load.Scenarios;

/// <summary>One way to run the network.</summary>
/// <param name="Concurrency">Sessions at once: 1 on all cores, or as many as cores with one thread each.</param>
/// <param name="Batch">Images a run.</param>
/// <param name="MedianMs">Median run time.</param>
/// <param name="ImagesPerSecond">Of all sessions together.</param>
internal sealed record RawRun(int Concurrency, int Batch, double MedianMs, double ImagesPerSecond);
