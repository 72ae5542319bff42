namespace Benchmarks.Load.Reporting;

/// <summary>One line of the table.</summary>
/// <param name="Measure">What was measured.</param>
/// <param name="Value">The figure, with its unit.</param>
/// <param name="Beside">What it is compared with, with its figure; empty where with nothing.</param>
/// <param name="Score">The number that the target is about; null where there is no target.</param>
/// <param name="Target">The target in words; empty for none.</param>
/// <param name="Met">Null where there is no target.</param>
internal sealed record Finding(string Measure, string Value, string Beside = "", double? Score = null, string Target = "", bool? Met = null)
{
    public static Finding AtLeast(string measure, string value, string beside, double score, double target) =>
        new(measure, value, beside, score, $"≥ {target}", score >= target);

    public static Finding AtMost(string measure, string value, string beside, double score, double target, string unit = "") =>
        new(measure, value, beside, score, $"≤ {target}{unit}", score <= target);
}
