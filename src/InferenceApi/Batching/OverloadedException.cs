namespace InferenceApi.Batching;

/// <summary>Refused before any work was spent on it: it could not have been answered in time, or the line is full.</summary>
/// <param name="estimatedWait">What the answer would have taken.</param>
/// <param name="retryAfter">When the same request would probably be admitted, if nobody else came; positive.</param>
public sealed class OverloadedException(TimeSpan estimatedWait, TimeSpan retryAfter)
    : Exception($"Too busy: an answer would take about {estimatedWait.TotalMilliseconds:F0} ms.")
{
    public TimeSpan EstimatedWait { get; } = estimatedWait;

    public TimeSpan RetryAfter { get; } = retryAfter;
}
