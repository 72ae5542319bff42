namespace InferenceApi.Classification;

/// <summary>The whole request failed.</summary>
public sealed class ClassificationException(Failure failure) : Exception(failure.Detail, failure.Cause)
{
    public Failure Failure { get; } = failure;
}
