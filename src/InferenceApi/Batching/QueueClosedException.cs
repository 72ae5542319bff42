namespace InferenceApi.Batching;

/// <summary>
/// The queue is closed, because its model is unloaded without waiting for the remaining leases.
/// </summary>
public sealed class QueueClosedException() : Exception("The model is being unloaded.");
