namespace Export.Quantization;

/// <summary>
/// Finds the range of a tensor that loses least when its values are held in 256 levels. A narrow range clips the rare large values, a
/// wide one makes every step coarse; the squared error of both decides.
/// </summary>
internal static class RangeSearch
{
    private const double SmallestPart = 0.2, Step = 0.005;
    private const int Candidates = 161, Steps = 255;

    /// <summary>The scale of the best range; it always contains 0, and begins there where no value is negative.</summary>
    public static ActivationScale Choose(ActivationHistogram histogram)
    {
        double low = Math.Min(histogram.Low, 0), high = Math.Max(histogram.High, 0);
        (double least, double bestPart) = (double.PositiveInfinity, 1);
        for (int candidate = 0; candidate < Candidates; candidate++)
        {
            double part = SmallestPart + (candidate * Step);
            double cost = Cost(histogram, low * part, high * part);
            if (cost < least) (least, bestPart) = (cost, part);
        }

        return ActivationScale.Of(low * bestPart, high * bestPart);
    }

    /// <summary>Sum of squared errors: the distance to the range outside of it, a step's variance within.</summary>
    private static double Cost(ActivationHistogram histogram, double low, double high)
    {
        double width = (histogram.High - histogram.Low) / ActivationHistogram.Bins, step = (high - low) / Steps, cost = 0;
        ReadOnlySpan<long> counts = histogram.Counts;

        // Zero is always a level, so the zeros that a Relu makes, most of its values, cost nothing.
        for (int bin = histogram.Low >= 0 ? 1 : 0; bin < counts.Length; bin++)
        {
            double centre = histogram.Low + ((bin + 0.5) * width), clipped = centre - Math.Clamp(centre, low, high);
            cost += counts[bin] * (clipped == 0 ? step * step / 12 : clipped * clipped);
        }

        return cost;
    }
}
