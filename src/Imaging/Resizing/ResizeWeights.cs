using System.Runtime.CompilerServices;

namespace Imaging.Resizing;

/// <summary>
/// Pillow's bilinear (triangle) weights for one axis, in its 22-bit fixed point, for the output positions that the crop keeps. Immutable.
/// </summary>
internal sealed class ResizeWeights
{
    /// <summary>Fraction bits: 32 less 8 for the sample and 2 for the sum, as in Pillow's Resample.c.</summary>
    public const int FractionBits = 22;

    /// <summary>Half of the last place, so that the shift rounds.</summary>
    public const int Rounding = 1 << (FractionBits - 1);

    /// <summary>
    /// Where the vector paths split a weight K (at most 2^22): K = low + high · 2^11. Both halves fit a signed 16-bit lane, and
    /// Σlow + (Σhigh · 2^11) is the same integer as the scalar sum.
    /// </summary>
    public const int LowBits = 11;

    /// <summary>Selects the low half of a weight.</summary>
    public const int LowMask = (1 << LowBits) - 1;

    private readonly int[] _first;
    private readonly int[] _taps;
    private readonly int[] _weights;

    /// <param name="inputLength">Samples along the axis of the source.</param>
    /// <param name="outputLength">Samples along the axis of the whole resized image.</param>
    /// <param name="start">First output position wanted.</param>
    /// <param name="count">Output positions wanted.</param>
    public ResizeWeights(int inputLength, int outputLength, int start, int count)
    {
        double scale = (double)inputLength / outputLength;
        double support = Math.Max(scale, 1.0);
        InputLength = inputLength;
        MaxTaps = Math.Min(inputLength, ((int)Math.Ceiling(support) * 2) + 1);
        Count = count;
        _first = new int[count];
        _taps = new int[count];
        _weights = new int[count * MaxTaps];
        double[] exact = new double[MaxTaps];
        for (int i = 0; i < count; i++) Fill(i, (start + i + 0.5) * scale, support, exact);
    }

    public int InputLength { get; }

    /// <summary>Output positions covered.</summary>
    public int Count { get; }

    /// <summary>No position has more taps than this.</summary>
    public int MaxTaps { get; }

    /// <summary>First source sample that any position needs.</summary>
    public int InputStart => _first[0];

    /// <summary>One past the last source sample that any position needs.</summary>
    public int InputEnd => _first[^1] + _taps[^1];

    /// <summary>First source sample of output position <paramref name="index"/> (counted from the start given).</summary>
    public int First(int index) => _first[index];

    /// <summary>
    /// The fixed-point weights of output position <paramref name="index"/>, one per source sample from <see cref="First"/> on.
    /// </summary>
    public ReadOnlySpan<int> Weights(int index) => _weights.AsSpan(index * MaxTaps, _taps[index]);

    /// <summary>
    /// The order of these double operations is Pillow's and decides the last bit: no fused multiply-add, no reciprocal in the division.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(int index, double center, double support, double[] exact)
    {
        double inverse = 1.0 / support;
        int first = Math.Max(0, (int)(center - support + 0.5));
        int taps = Math.Min(InputLength, (int)(center + support + 0.5)) - first;
        double sum = 0;
        for (int i = 0; i < taps; i++)
        {
            double distance = Math.Abs((i + first - center + 0.5) * inverse);
            exact[i] = distance < 1.0 ? 1.0 - distance : 0.0;
            sum += exact[i];
        }

        _first[index] = first;
        _taps[index] = taps;
        Span<int> weights = _weights.AsSpan(index * MaxTaps, taps);
        for (int i = 0; i < taps; i++)
        {
            double weight = sum != 0 ? exact[i] / sum : exact[i];
            weights[i] = (int)(0.5 + (weight * (1 << FractionBits)));
        }
    }
}
