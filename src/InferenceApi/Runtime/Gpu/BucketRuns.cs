namespace InferenceApi.Runtime.Gpu;

/// <summary>The native side of a <see cref="BucketedInstance"/>, opened.</summary>
/// <param name="Run">
/// Runs one of the batch sizes on the memory it is bound to; throws <see cref="DeviceMemoryException"/> where memory ran out.
/// </param>
/// <param name="Close">Closes it.</param>
internal sealed record BucketRuns(Action<int> Run, Action Close);
