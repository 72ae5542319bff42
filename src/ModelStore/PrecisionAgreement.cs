namespace ModelStore;

/// <summary>How a network of lower precision answered beside the same network in float32, measured when it was exported.</summary>
/// <param name="Images">Pictures compared.</param>
/// <param name="Source">"photographs" that calibration has not seen, or "generated" patterns of colour.</param>
/// <param name="Top1">Part of them with the same most probable class, 0 to 1.</param>
/// <param name="MaxProbabilityDifference">Largest difference of a probability over all pictures and classes, 0 to 1.</param>
public sealed record PrecisionAgreement(int Images, string Source, double Top1, double MaxProbabilityDifference)
{
    /// <summary>Mean difference of the probability of float32's first class, 0 to 1. Absent where an older tool measured.</summary>
    public double? MeanProbabilityDifference { get; init; }

    /// <summary>Pictures whose first class leads the second by more than 0.3 of probability in float32: no ties.</summary>
    public int? Clear { get; init; }

    /// <summary>Part of the clear pictures with the same most probable class, 0 to 1; 1 where there are none.</summary>
    public double? ClearTop1 { get; init; }

    /// <summary>Of pictures with known classes: how often each precision is right. Absent where no class is known.</summary>
    public AccuracyComparison? Accuracy { get; init; }

    /// <summary>What the network was calibrated with. Absent for precisions that need none.</summary>
    public CalibrationSource? Calibration { get; init; }

    /// <summary>
    /// True where the figures miss the exporter's limits, or are not of photographs, and the network was installed knowingly.
    /// </summary>
    public bool? AcceptedBelowLimits { get; init; }
}

/// <summary>Top-1 accuracy of a network in two precisions, on the same pictures.</summary>
/// <param name="Images">Pictures whose class is known.</param>
/// <param name="Top1">Part of them that the lower precision answers rightly, 0 to 1.</param>
/// <param name="Fp32Top1">Part of them that float32 answers rightly, 0 to 1.</param>
public sealed record AccuracyComparison(int Images, double Top1, double Fp32Top1);

/// <summary>Pictures that the ranges and the rounding of an int8 network come from.</summary>
/// <param name="Source">"photographs" or "noise".</param>
/// <param name="Images">Their number.</param>
/// <param name="Skipped">Files that could not be read as pictures.</param>
/// <param name="Seed">Of their order or of the noise.</param>
public sealed record CalibrationSource(string Source, int Images, int Skipped, int Seed);
