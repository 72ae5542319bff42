namespace Benchmarks.Load.Arrivals;

/// <summary>Seeded arrival times: the same seed and rate give the same times to the server and to the simulation beside it.</summary>
internal static class PoissonArrivals
{
    /// <param name="rate">Mean arrivals a second.</param>
    /// <param name="duration">Of the whole; the last arrival is before it.</param>
    /// <param name="seed">Same seed, same times.</param>
    /// <returns>Seconds from the start, ascending.</returns>
    public static double[] Times(double rate, TimeSpan duration, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate);
        var random = new Random(seed);
        var times = new List<double>();
        for (double at = Gap(random, rate); at < duration.TotalSeconds; at += Gap(random, rate)) times.Add(at);
        return [.. times];
    }

    // 1 − u is never 0, so the logarithm is finite.
    private static double Gap(Random random, double rate) => -Math.Log(1 - random.NextDouble()) / rate;
}
