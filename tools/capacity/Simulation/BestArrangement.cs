namespace Capacity.Simulation;

/// <summary>
/// The lower envelope of the two ways to run n images on the cores: one run of all of them on all cores, or spread over as many runners as
/// cores with one thread each. An adaptive server chooses the faster one for the number of waiting images.
/// </summary>
internal static class BestArrangement
{
    // As much as the service asks of a larger batch at warm-up: one that gains less only makes the first image wait for the last.
    private const double WorthwhileGain = 1.02;

    /// <param name="together">One run on all cores: images a run to milliseconds.</param>
    /// <param name="apart">
    /// A run on one thread while every other core does the same: images a run to milliseconds; empty where not measured.
    /// </param>
    /// <param name="runners">Runs at once of <paramref name="apart"/>: the number of cores.</param>
    /// <returns>τ(n), up to the n that comes within 2 % of the best throughput; larger batches gain nothing.</returns>
    public static BatchCurve Envelope(IReadOnlyDictionary<int, double> together, IReadOnlyDictionary<int, double> apart, int runners)
    {
        var oneRun = new BatchCurve(together);
        BatchCurve? oneThread = apart.Count > 0 ? new BatchCurve(apart) : null;
        int most = Math.Max(oneRun.MaxBatch, oneThread is null ? 0 : runners);
        var best = new Dictionary<int, double>();
        for (int n = 1; n <= most; n++)
        {
            best[n] = Math.Min(
                n <= oneRun.MaxBatch ? oneRun[n] : double.PositiveInfinity,
                oneThread is null ? double.PositiveInfinity : Share(oneThread, (n + runners - 1) / runners));
        }

        double worthwhile = best.Max(point => point.Key / point.Value) / WorthwhileGain;
        int useful = best.Where(point => point.Key / point.Value >= worthwhile).Min(point => point.Key);
        return new BatchCurve(best.Where(point => point.Key <= useful).ToDictionary());
    }

    /// <summary>Milliseconds until the fullest runner is done with its images, one after the other or as one batch.</summary>
    private static double Share(BatchCurve oneThread, int images) =>
        Math.Min(images * oneThread[1], images <= oneThread.MaxBatch ? oneThread[images] : double.PositiveInfinity);
}
