namespace InferenceApi.Batching;

/// <summary>How much of what was learnt still counts after a time without news.</summary>
public static class Fading
{
    // Under traffic there is news many times a second, and little fades between two; a bad minute is forgotten within a few.
    private static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(30);

    /// <summary>1 for news, a half after thirty seconds, towards 0.</summary>
    /// <param name="age">Not negative.</param>
    public static double Share(TimeSpan age) => double.Exp2(-(age / HalfLife));
}
