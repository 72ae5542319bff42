namespace InferenceApi.Serving;

/// <summary>
/// How long an everyday picture that came now would wait for its turn to be prepared; for gauges, where no picture is known.
/// </summary>
public delegate TimeSpan PreparationBacklog();
