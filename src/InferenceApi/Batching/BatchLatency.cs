namespace InferenceApi.Batching;

/// <summary>One point of the batch-latency curve.</summary>
/// <param name="BatchSize">Images in one run.</param>
/// <param name="RunTime">What such a run takes at present.</param>
public readonly record struct BatchLatency(int BatchSize, TimeSpan RunTime);
