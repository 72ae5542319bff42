namespace Capacity.Simulation;

/// <summary>
/// Seeded gaps between arrivals at one replica, of mean 1. Callers divide by the rate, so one seed gives the same pattern, faster or
/// slower, at every rate: comparisons of rates then differ by the rate and not by luck.
/// </summary>
internal sealed class ArrivalGaps(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Of Poisson arrivals.</summary>
    public double Exponential() => -Math.Log(1 - _random.NextDouble()); // 1 − u is never 0, so the logarithm is finite.

    /// <summary>
    /// The sum of <paramref name="count"/> exponential gaps, scaled to mean 1: what is left of Poisson arrivals when only every n-th
    /// counts.
    /// </summary>
    public double Erlang(int count)
    {
        if (count <= 16)
        {
            double sum = 0;
            for (int i = 0; i < count; i++) sum += Exponential();
            return sum / count;
        }

        return Gamma(count) / count;
    }

    public int Next(int below) => _random.Next(below);

    // Marsaglia and Tsang (2000): exact, and as fast for 10,000 replicas as for 20.
    private double Gamma(double shape)
    {
        double d = shape - (1.0 / 3), c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = Normal();
            double v = Math.Pow(1 + (c * x), 3);
            if (v > 0 && Math.Log(1 - _random.NextDouble()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v))) return d * v;
        }
    }

    // Box and Muller, one of the pair.
    private double Normal() => Math.Sqrt(2 * Exponential()) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
