using System.Numerics;
using System.Runtime.InteropServices;

namespace Export.Architectures;

/// <summary>Finds NaN and infinity.</summary>
internal static class FiniteCheck
{
    private const int ExponentBits = 0x7f800000;

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
