using Capacity.Simulation;

namespace Benchmarks.Load.Measurement;

/// <summary>A ratio that was taken once a round, within the round: what is reported, and how far the rounds were apart.</summary>
internal sealed record Spread(double Median, double Least, double Most, int Rounds)
{
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static Spread Of(IEnumerable<double> ratios)
    {
        double[] all = [.. ratios];
        return new Spread(LatencySummary.Median(all), all.Min(), all.Max(), all.Length);
    }

    /// <summary>For the table's note.</summary>
    public override string ToString() =>
        Rounds == 1 ? "one round" : FormattableString.Invariant($"{Rounds} rounds, ratio {Least:0.00} to {Most:0.00}");
}
