namespace Export.Quantization;

/// <summary>A layer's weights in bytes: value = scale of its output channel · byte, with zero point 0.</summary>
/// <param name="Values">-127 to 127, in the order of the float tensor.</param>
/// <param name="Scales">One for each output channel.</param>
internal sealed record RoundedWeights(sbyte[] Values, float[] Scales)
{
    /// <summary>Largest magnitude of a byte; -128 is not used, so that the levels are symmetric.</summary>
    public const int Largest = 127;

    /// <summary>Keeps a channel of zeros from dividing by zero.</summary>
    private const float SmallestMagnitude = 1e-8f;

    /// <summary>Elements of one output channel.</summary>
    public int RowLength => Values.Length / Scales.Length;

    /// <summary>The kernel of one output channel.</summary>
    public ReadOnlySpan<sbyte> Row(int output) => Values.AsSpan(output * RowLength, RowLength);

    /// <summary>The scale with which the largest weight of a row just fits.</summary>
    public static float ScaleOf(ReadOnlySpan<float> row)
    {
        float largest = SmallestMagnitude;
        foreach (float weight in row) largest = Math.Max(largest, Math.Abs(weight));
        return largest / Largest;
    }

    /// <summary>The nearest level.</summary>
    public static float Nearest(float weight, float scale) => Math.Clamp(MathF.Round(weight / scale), -Largest, Largest);
}
