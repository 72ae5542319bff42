using InferenceApi.Runtime;

namespace InferenceApi.Batching;

/// <summary>The run that this image was part of failed; other runs are not touched.</summary>
public sealed class RunFailedException(string model, Exception cause) : Exception($"A run of model '{model}' failed.", cause)
{
    /// <summary>The device had no memory even for one image, which passes when others have used theirs.</summary>
    public bool IsOutOfMemory => InnerException is DeviceMemoryException;
}
