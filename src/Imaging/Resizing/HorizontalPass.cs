using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Imaging.Resizing;

/// <summary>
/// The horizontal pass: one row of R, G, B pixels to three planes of bytes, exactly Pillow's fixed point.
/// </summary>
/// <remarks>
/// The weights are split (<see cref="ResizeWeights.LowBits"/>), so that one multiply-add-adjacent handles two taps. Taps go in fours,
/// padded with zero weights. The loops are compiled with full optimisation at once: the first pictures would else wait for them in
/// unoptimised code.
/// </remarks>
internal sealed unsafe class HorizontalPass
{
    private const int TapsPerStep = 4;

    /// <summary>A step reads 16 bytes: four pixels and four bytes more.</summary>
    private const int BytesPerStep = 16;

    private readonly ResizeWeights _weights;
    private readonly int[] _offsets;
    private readonly short[] _split;
    private readonly int _steps;

    public HorizontalPass(ResizeWeights weights)
    {
        _weights = weights;
        int taps = 0;
        for (int x = 0; x < weights.Count; x++) taps = Math.Max(taps, weights.Weights(x).Length);
        _steps = (taps + TapsPerStep - 1) / TapsPerStep;
        VectorCount = Avx2.IsSupported ? CountThatFits() : 0;
        _offsets = new int[VectorCount];
        _split = new short[VectorCount * _steps * TapsPerStep * 2];
        Split();
    }

    /// <summary>
    /// How many leading positions, in fours, the vector path computes: all but the last few whose steps would read past the row, and
    /// none on machines without AVX2.
    /// </summary>
    public int VectorCount { get; }

    /// <summary>Computes one row; <paramref name="planes"/> receives Count bytes of R, then of G, then of B.</summary>
    public void Row(byte* rgb, byte* planes)
    {
        RowVector(rgb, planes);
        RowScalar(rgb, planes, VectorCount);
    }

    /// <summary>The definition; the vector path must give the same bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void RowScalar(byte* rgb, byte* planes, int start = 0)
    {
        int count = _weights.Count;
        for (int x = start; x < count; x++)
        {
            byte* pixel = rgb + (3 * (nint)_weights.First(x));
            int r = ResizeWeights.Rounding, g = r, b = r;
            foreach (int weight in _weights.Weights(x))
            {
                r += pixel[0] * weight;
                g += pixel[1] * weight;
                b += pixel[2] * weight;
                pixel += 3;
            }

            planes[x] = Saturate(r);
            planes[count + x] = Saturate(g);
            planes[(2 * count) + x] = Saturate(b);
        }
    }

    private static byte Saturate(int sum) => (byte)Math.Clamp(sum >> ResizeWeights.FractionBits, 0, 255);

    private int CountThatFits()
    {
        int count = 0, reach = ((_steps - 1) * TapsPerStep * 3) + BytesPerStep;
        while (count < _weights.Count && (_weights.First(count) * 3) + reach <= _weights.InputLength * 3) count++;
        return count / 4 * 4;
    }

    private void Split()
    {
        for (int x = 0; x < VectorCount; x++)
        {
            _offsets[x] = _weights.First(x) * 3;
            Span<short> split = _split.AsSpan(x * _steps * TapsPerStep * 2, _steps * TapsPerStep * 2);
            ReadOnlySpan<int> weights = _weights.Weights(x);
            for (int tap = 0; tap < weights.Length; tap++)
            {
                int at = (tap / TapsPerStep * TapsPerStep * 2) + (tap % TapsPerStep);
                split[at] = (short)(weights[tap] & ResizeWeights.LowMask);
                split[at + TapsPerStep] = (short)(weights[tap] >> ResizeWeights.LowBits);
            }
        }
    }

    private void RowVector(byte* rgb, byte* planes)
    {
        fixed (short* split = _split)
        {
            // Photographs shrunk by less than about two need one step; without the loop a whole resize takes two thirds of the time.
            if (_steps == 1) RowOfSingleSteps(rgb, planes, split);
            else RowOfManySteps(rgb, planes, split);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RowOfSingleSteps(byte* rgb, byte* planes, short* weights)
    {
        const int Width = TapsPerStep * 2;
        int count = _weights.Count;
        ref int offset = ref MemoryMarshal.GetArrayDataReference(_offsets);
        for (int x = 0; x < VectorCount; x += 4, weights += 4 * Width)
        {
            Vector256<int> p0 = Sum(rgb + Unsafe.Add(ref offset, x), weights, steps: 1);
            Vector256<int> p1 = Sum(rgb + Unsafe.Add(ref offset, x + 1), weights + Width, steps: 1);
            Vector256<int> p2 = Sum(rgb + Unsafe.Add(ref offset, x + 2), weights + (2 * Width), steps: 1);
            Vector256<int> p3 = Sum(rgb + Unsafe.Add(ref offset, x + 3), weights + (3 * Width), steps: 1);
            Store(p0, p1, p2, p3, planes + x, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RowOfManySteps(byte* rgb, byte* planes, short* weights)
    {
        int count = _weights.Count, width = _steps * TapsPerStep * 2;
        ref int offset = ref MemoryMarshal.GetArrayDataReference(_offsets);
        for (int x = 0; x < VectorCount; x += 4, weights += 4 * width)
        {
            Vector256<int> p0 = Sum(rgb + Unsafe.Add(ref offset, x), weights, _steps);
            Vector256<int> p1 = Sum(rgb + Unsafe.Add(ref offset, x + 1), weights + width, _steps);
            Vector256<int> p2 = Sum(rgb + Unsafe.Add(ref offset, x + 2), weights + (2 * width), _steps);
            Vector256<int> p3 = Sum(rgb + Unsafe.Add(ref offset, x + 3), weights + (3 * width), _steps);
            Store(p0, p1, p2, p3, planes + x, count);
        }
    }

    /// <summary>Rounds and stores four pixels, each as <see cref="Sum"/> leaves it, into the three planes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<int> p0, Vector256<int> p1, Vector256<int> p2, Vector256<int> p3, byte* red, int plane)
    {
        // Lower half: R0 G0 R1 G1 | upper half: B0 B0 B1 B1, and so on for pixels 2 and 3.
        Vector256<int> rounding = Vector256.Create(ResizeWeights.Rounding);
        Vector256<int> p01 = (Avx2.HorizontalAdd(p0, p1) + rounding) >> ResizeWeights.FractionBits;
        Vector256<int> p23 = (Avx2.HorizontalAdd(p2, p3) + rounding) >> ResizeWeights.FractionBits;
        Vector256<short> words = Avx2.PackSignedSaturate(p01, p23);
        Vector256<byte> bytes = Avx2.PackUnsignedSaturate(words, words);
        // In the lower half R at even and G at odd bytes; in the upper half B at even bytes.
        Vector256<byte> order = Vector256.Create(
            (byte)0, 2, 4, 6, 1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7);
        Vector256<int> channels = Avx2.Shuffle(bytes, order).AsInt32();
        *(int*)red = channels.GetElement(0);
        *(int*)(red + plane) = channels.GetElement(1);
        *(int*)(red + (2 * plane)) = channels.GetElement(4);
    }

    /// <summary>
    /// Weighted sums of one output pixel, in pairs still to be added: R R G G in the lower half, B B and two unused ones in the upper.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Sum(byte* pixels, short* weights, int steps)
    {
        (Vector256<int> low, Vector256<int> high) = Step(pixels, weights);
        for (int step = 1; step < steps; step++)
        {
            pixels += TapsPerStep * 3;
            weights += TapsPerStep * 2;
            (Vector256<int> moreLow, Vector256<int> moreHigh) = Step(pixels, weights);
            low += moreLow;
            high += moreHigh;
        }

        return low + (high << ResizeWeights.LowBits);
    }

    /// <summary>Four taps of such a sum, by the low and the high halves of their weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<int> Low, Vector256<int> High) Step(byte* pixels, short* weights)
    {
        Vector128<byte> byChannel = Vector128.Create((byte)0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11, 0x80, 0x80, 0x80, 0x80);
        Vector256<short> samples = Avx2.ConvertToVector256Int16(Ssse3.Shuffle(Vector128.Load(pixels), byChannel));
        return (
            Avx2.MultiplyAddAdjacent(samples, Avx2.BroadcastScalarToVector256((long*)weights).AsInt16()),
            Avx2.MultiplyAddAdjacent(samples, Avx2.BroadcastScalarToVector256((long*)(weights + TapsPerStep)).AsInt16()));
    }
}
