using InferenceApi.Runtime;

namespace InferenceApi.Batching;

/// <summary>The run that this image was part of failed; other runs are not touched.</summary>
public sealed class RunFailedException(string model, Exception cause) : Exception($"A run of model '{model}' failed.", cause)
{
    /// <summary>There was no memory even for a smaller run, which passes when others have used theirs.</summary>
    public bool IsOutOfMemory => IsShortOfMemory(InnerException!);

    /// <summary>The run did not end within its bound and was given up.</summary>
    public bool IsOverdue => InnerException is TimeoutException;

    internal static bool IsShortOfMemory(Exception cause) => cause is DeviceMemoryException or OutOfMemoryException;
}
