using System.Globalization;
using ModelStore;

namespace Export.Verification;

/// <summary>
/// Decides whether an int8 network answers enough like its float32 original to be installed. The limits part what was measured to work
/// from what was not: on 700 photographs ResNet-50 had 97.7 %, 100 % and 0.022; calibrated with noise 94.7 %, 99.5 % and 0.042.
/// </summary>
internal static class AgreementGate
{
    public const double LeastTop1 = 0.95, LeastClearTop1 = 0.995, MostMeanDifference = 0.03;

    /// <summary>What a measurement misses, in words; empty where it misses nothing.</summary>
    public static IReadOnlyList<string> Misses(PrecisionAgreement agreement)
    {
        List<string> misses = [];
        if (agreement.Source != AgreementSource.Photographs) misses.Add("no photographs judged it");
        if (agreement.Top1 < LeastTop1)
            misses.Add(Text($"the same first answer on {agreement.Top1:P1} of {agreement.Images} pictures, not {LeastTop1:P1}"));
        if (agreement.ClearTop1 < LeastClearTop1)
            misses.Add(Text($"on {agreement.ClearTop1:P1} of the {agreement.Clear} that float32 is clear about, not {LeastClearTop1:P1}"));
        if (!(agreement.MeanProbabilityDifference <= MostMeanDifference))
            misses.Add(Text($"probabilities differ by {agreement.MeanProbabilityDifference:F4} on average, not {MostMeanDifference}"));
        return misses;
    }

    /// <summary>The agreement to install with.</summary>
    /// <param name="agreement">As measured.</param>
    /// <param name="accept">Whether the network is accepted even where it misses the limits.</param>
    /// <exception cref="NetworkCheckException">It misses them; the message says what would help.</exception>
    public static PrecisionAgreement Require(PrecisionAgreement agreement, bool accept)
    {
        IReadOnlyList<string> misses = Misses(agreement);
        if (misses.Count == 0) return agreement;
        if (accept) return agreement with { AcceptedBelowLimits = true };
        throw new NetworkCheckException(
            $"the int8 network does not answer enough like float32: {string.Join("; ", misses)}. Nothing was installed. Calibrate with " +
            "more photographs like the model's future pictures (300 are enough), or accept the agreement with --accept-agreement.");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
