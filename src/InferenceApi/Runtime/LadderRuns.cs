namespace InferenceApi.Runtime;

/// <summary>The native side of a <see cref="LadderSession"/>, opened.</summary>
/// <param name="Run">Runs one size of the ladder on the memory it is bound to; throws <see cref="DeviceMemoryException"/> where memory ran out.</param>
/// <param name="Close">Closes it.</param>
internal sealed record LadderRuns(Action<int> Run, Action Close);
