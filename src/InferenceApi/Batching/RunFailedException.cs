using InferenceApi.Runtime;

namespace InferenceApi.Batching;

/// <summary>The run of this image failed; other runs are not affected.</summary>
public sealed class RunFailedException(string model, Exception cause) : Exception($"A run of model '{model}' failed.", cause)
{
    /// <summary>Memory did not suffice for a smaller run either; a later attempt may succeed.</summary>
    public bool IsOutOfMemory => IsShortOfMemory(InnerException!);

    /// <summary>The run exceeded its limit and was abandoned.</summary>
    public bool IsOverdue => InnerException is TimeoutException;

    internal static bool IsShortOfMemory(Exception cause) => cause is DeviceMemoryException or OutOfMemoryException;
}
