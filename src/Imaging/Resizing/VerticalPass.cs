using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Imaging.Resizing;

/// <summary>
/// The vertical pass: one output row from the byte rows of the horizontal pass, exactly Pillow's fixed point, with the same split of
/// the weights as <see cref="HorizontalPass"/>.
/// </summary>
internal static unsafe class VerticalPass
{
    /// <param name="rows">Addresses of the source rows, one per weight.</param>
    /// <param name="weights">Fixed-point weights.</param>
    /// <param name="output">Receives <paramref name="length"/> bytes.</param>
    /// <param name="length">Bytes per row.</param>
    public static void Row(byte** rows, ReadOnlySpan<int> weights, byte* output, int length)
    {
        int done = 0;
        if (Avx2.IsSupported)
        {
            for (; done + 32 <= length; done += 32) Block(rows, weights, output + done, done);
        }

        Scalar(rows, weights, output, done, length);
    }

    /// <summary>The definition; the vector path must give the same bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Scalar(byte** rows, ReadOnlySpan<int> weights, byte* output, int start, int end)
    {
        for (int x = start; x < end; x++)
        {
            int sum = ResizeWeights.Rounding;
            for (int i = 0; i < weights.Length; i++) sum += rows[i][x] * weights[i];
            output[x] = (byte)Math.Clamp(sum >> ResizeWeights.FractionBits, 0, 255);
        }
    }

    /// <summary>32 columns, two rows per step: the bytes of both rows are interleaved so that one multiply-add covers both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block(byte** rows, ReadOnlySpan<int> weights, byte* output, int x)
    {
        Vector256<int> low0 = Vector256<int>.Zero, low1 = low0, low2 = low0, low3 = low0;
        Vector256<int> high0 = low0, high1 = low0, high2 = low0, high3 = low0;
        for (int i = 0; i < weights.Length; i += 2)
        {
            bool pair = i + 1 < weights.Length;
            int second = pair ? weights[i + 1] : 0;
            Vector256<byte> a = Vector256.Load(rows[i] + x);
            Vector256<byte> b = Vector256.Load(rows[pair ? i + 1 : i] + x);
            Vector256<short> lowWeights = Pair(weights[i] & ResizeWeights.LowMask, second & ResizeWeights.LowMask);
            Vector256<short> highWeights = Pair(weights[i] >> ResizeWeights.LowBits, second >> ResizeWeights.LowBits);
            Vector256<byte> ab = Avx2.UnpackLow(a, b), cd = Avx2.UnpackHigh(a, b), zero = Vector256<byte>.Zero;
            Vector256<short> s0 = Avx2.UnpackLow(ab, zero).AsInt16(), s1 = Avx2.UnpackHigh(ab, zero).AsInt16();
            Vector256<short> s2 = Avx2.UnpackLow(cd, zero).AsInt16(), s3 = Avx2.UnpackHigh(cd, zero).AsInt16();
            low0 += Avx2.MultiplyAddAdjacent(s0, lowWeights);
            low1 += Avx2.MultiplyAddAdjacent(s1, lowWeights);
            low2 += Avx2.MultiplyAddAdjacent(s2, lowWeights);
            low3 += Avx2.MultiplyAddAdjacent(s3, lowWeights);
            high0 += Avx2.MultiplyAddAdjacent(s0, highWeights);
            high1 += Avx2.MultiplyAddAdjacent(s1, highWeights);
            high2 += Avx2.MultiplyAddAdjacent(s2, highWeights);
            high3 += Avx2.MultiplyAddAdjacent(s3, highWeights);
        }

        Vector256<short> lower = Avx2.PackSignedSaturate(Finish(low0, high0), Finish(low1, high1));
        Vector256<short> upper = Avx2.PackSignedSaturate(Finish(low2, high2), Finish(low3, high3));
        Avx2.PackUnsignedSaturate(lower, upper).Store(output);
    }

    private static Vector256<short> Pair(int first, int second) => Vector256.Create(first | (second << 16)).AsInt16();

    private static Vector256<int> Finish(Vector256<int> low, Vector256<int> high) =>
        (low + (high << ResizeWeights.LowBits) + Vector256.Create(ResizeWeights.Rounding)) >> ResizeWeights.FractionBits;
}
