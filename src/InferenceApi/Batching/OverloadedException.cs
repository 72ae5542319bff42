namespace InferenceApi.Batching;

/// <summary>Refused before any work: it would miss its deadline, or the queue is full.</summary>
/// <param name="estimatedWait">Estimated time until the answer.</param>
/// <param name="retryAfter">Time until the same request would probably be admitted, without other traffic; positive.</param>
public sealed class OverloadedException(TimeSpan estimatedWait, TimeSpan retryAfter)
    : Exception($"Too busy: an answer would take about {estimatedWait.TotalMilliseconds:F0} ms.")
{
    public TimeSpan EstimatedWait { get; } = estimatedWait;

    public TimeSpan RetryAfter { get; } = retryAfter;
}
