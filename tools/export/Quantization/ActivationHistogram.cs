using System.Numerics.Tensors;

namespace Export.Quantization;

/// <summary>What values a tensor takes over the calibration pictures: first their range, then how often each part of it.</summary>
internal sealed class ActivationHistogram
{
    /// <summary>Bins over the range: 16 for each of the 256 levels.</summary>
    public const int Bins = 4096;

    private readonly long[] _counts = new long[Bins];

    public double Low { get; private set; } = double.PositiveInfinity;

    public double High { get; private set; } = double.NegativeInfinity;

    /// <summary>Values in each bin, from <see cref="Low"/> to <see cref="High"/>.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>The first pass: widens the range.</summary>
    public void Widen(ReadOnlySpan<float> values)
    {
        Low = Math.Min(Low, TensorPrimitives.Min(values));
        High = Math.Max(High, TensorPrimitives.Max(values));
    }

    /// <summary>The second pass: counts values that the first has seen.</summary>
    public void Count(ReadOnlySpan<float> values)
    {
        float low = (float)Low, binsPerUnit = (float)(Bins / Math.Max(High - Low, 1e-6));
        foreach (float value in values) _counts[Math.Clamp((int)((value - low) * binsPerUnit), 0, Bins - 1)]++;
    }
}
