namespace InferenceApi.Batching;

/// <summary>What is told to an observer after each run.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Rows">Images in the run.</param>
/// <param name="RunTime">Duration of the native call.</param>
/// <param name="OldestWait">How long the first of them had waited when the run began.</param>
/// <param name="Failed">Whether its members were failed instead of answered.</param>
public readonly record struct BatchRun(string Model, int Rows, TimeSpan RunTime, TimeSpan OldestWait, bool Failed)
{
    /// <summary>Version of the model; 0 where the run was not made in service.</summary>
    public int Version { get; init; }
}
