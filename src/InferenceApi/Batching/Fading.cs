namespace InferenceApi.Batching;

/// <summary>Weight of an old measurement, by its age.</summary>
public static class Fading
{
    // Under traffic there are many measurements a second, and little fades between two; a bad minute is forgotten within a few minutes.
    private static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(30);

    /// <summary>1 for a new measurement, 0.5 after thirty seconds, towards 0.</summary>
    /// <param name="age">Not negative.</param>
    public static double Share(TimeSpan age) => double.Exp2(-(age / HalfLife));
}
