using System.Numerics;
using System.Runtime.InteropServices;

namespace Export.Weights;

/// <summary>Finds NaN and infinity.</summary>
internal static class FiniteCheck
{
    private const int ExponentBits = 0x7f800000;

    /// <summary>Refuses a tensor that holds NaN or infinity.</summary>
    /// <param name="tensor">Name of the tensor, for the message.</param>
    /// <param name="values">Consecutive elements of it.</param>
    /// <param name="first">Index in the tensor of the first of them.</param>
    /// <exception cref="WeightsException">Names the tensor, the value and its index.</exception>
    public static void Require(string tensor, ReadOnlySpan<float> values, long first)
    {
        int index = IndexOfNonFinite(values);
        if (index >= 0)
            throw new WeightsException($"tensor '{tensor}' holds {values[index]} at element {first + index}, expected finite numbers.");
    }

    /// <summary>Index of the first value that is NaN or infinite, or -1.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<Vector<int>> vectors = MemoryMarshal.Cast<float, Vector<int>>(values);
        Vector<int> mask = new(ExponentBits), found = Vector<int>.Zero;
        foreach (Vector<int> bits in vectors) found |= Vector.Equals(bits & mask, mask);
        int start = found == Vector<int>.Zero ? vectors.Length * Vector<int>.Count : 0;
        for (int index = start; index < values.Length; index++)
        {
            if (!float.IsFinite(values[index])) return index;
        }

        return -1;
    }
}
