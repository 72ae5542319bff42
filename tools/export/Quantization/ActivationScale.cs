namespace Export.Quantization;

/// <summary>How a float tensor is held in bytes: value = scale · (byte − zero point).</summary>
/// <param name="Scale">Positive.</param>
/// <param name="ZeroPoint">The byte that stands for exactly 0.</param>
internal readonly record struct ActivationScale(float Scale, byte ZeroPoint)
{
    /// <summary>A smaller step than any network's; keeps an always empty tensor from dividing by zero.</summary>
    private const double SmallestScale = 1e-9;

    /// <summary>The scale that spreads 256 levels over a range.</summary>
    /// <param name="low">0 or negative.</param>
    /// <param name="high">0 or positive.</param>
    public static ActivationScale Of(double low, double high)
    {
        float scale = (float)Math.Max((high - low) / byte.MaxValue, SmallestScale);
        return new ActivationScale(scale, (byte)Math.Clamp(Math.Round(-low / scale), 0, byte.MaxValue));
    }
}
