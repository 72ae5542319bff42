namespace InferenceApi.Batching;

/// <summary>
/// The line takes no more images, because its model is being unloaded without waiting any longer for those who hold a lease.
/// </summary>
public sealed class QueueClosedException() : Exception("The model is being unloaded.");
