using System.Runtime.InteropServices;
using Export.Weights;

namespace Export.Conversion;

/// <summary>Copies a tensor that nothing is folded into.</summary>
internal static class PlainTensor
{
    private const int Piece = 1 << 18;

    /// <summary>Writes all elements as float32, in pieces of a megabyte.</summary>
    /// <exception cref="WeightsException">A value is NaN or infinite.</exception>
    public static void Write(WeightSource weights, string tensor, long count, Stream destination)
    {
        float[] buffer = new float[(int)Math.Min(Piece, count)];
        for (long first = 0; first < count; first += buffer.Length)
        {
            Span<float> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, count - first));
            weights.Read(tensor, first, piece);
            FiniteCheck.Require(tensor, piece, first);
            destination.Write(MemoryMarshal.AsBytes(piece));
        }
    }
}
