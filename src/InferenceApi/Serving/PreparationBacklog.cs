namespace InferenceApi.Serving;

/// <summary>What preparing one more picture would take now, waiting for a core included; for gauges, where no picture is known.</summary>
public delegate TimeSpan PreparationBacklog();
