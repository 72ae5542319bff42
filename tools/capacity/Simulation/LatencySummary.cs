namespace Capacity.Simulation;

/// <summary>Percentiles by nearest rank, in milliseconds.</summary>
internal sealed record LatencySummary(int Count, double Mean, double P50, double P90, double P99, double P999, double Max)
{
    /// <summary>Null where there is nothing to summarise.</summary>
    public static LatencySummary? Of(IEnumerable<double> milliseconds)
    {
        double[] sorted = [.. milliseconds];
        if (sorted.Length == 0) return null;
        Array.Sort(sorted);
        return new LatencySummary(
            sorted.Length, sorted.Average(), Rank(sorted, 0.5), Rank(sorted, 0.9), Rank(sorted, 0.99), Rank(sorted, 0.999), sorted[^1]);
    }

    /// <summary>The middle of a few repeated measurements.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[sorted.Length / 2];
    }

    private static double Rank(double[] sorted, double quantile) =>
        sorted[Math.Clamp((int)Math.Ceiling(quantile * sorted.Length) - 1, 0, sorted.Length - 1)];
}
