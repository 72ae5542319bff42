namespace ModelStore;

/// <summary>How a network of lower precision answered beside the same network in float32, measured when it was exported.</summary>
/// <param name="Images">Pictures compared.</param>
/// <param name="Source">What pictures they were; "generated" ones are smooth colour patterns, no photographs.</param>
/// <param name="Top1">Part of them with the same most probable class, 0 to 1.</param>
/// <param name="MaxProbabilityDifference">Largest difference of a probability over all pictures and classes, 0 to 1.</param>
public sealed record PrecisionAgreement(int Images, string Source, double Top1, double MaxProbabilityDifference);
