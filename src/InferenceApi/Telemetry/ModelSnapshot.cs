namespace InferenceApi.Telemetry;

/// <summary>One installed model at the moment of a collection.</summary>
/// <param name="Name">An installed model's name.</param>
/// <param name="Version">Of the version in service, else of the newest installed; 0 where it cannot be read.</param>
/// <param name="State">One of <see cref="InferenceMetrics.ModelStates"/>.</param>
/// <param name="Waiting">Images in its line.</param>
/// <param name="EstimatedWait">When one more image would be answered.</param>
/// <param name="MemoryBytes">What it is reckoned to take; 0 where not loaded.</param>
/// <param name="Instances">Instances open; 0 where not loaded.</param>
public readonly record struct ModelSnapshot(
    string Name, int Version, string State, int Waiting, TimeSpan EstimatedWait, long MemoryBytes, int Instances);
