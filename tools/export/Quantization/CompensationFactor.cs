using System.Numerics.Tensors;

namespace Export.Quantization;

/// <summary>
/// From the moments H of a layer's inputs to the upper triangular U with UᵀU = H⁻¹, whose rows say how an error of one weight is spread
/// over those that are rounded after it (Frantar et al., "GPTQ", arXiv 2210.17323). H = R·Rᵀ with R upper triangular gives U = R⁻¹.
/// </summary>
internal static class CompensationFactor
{
    /// <summary>Part of the mean diagonal added to the diagonal: few pictures leave H without full rank.</summary>
    private const double Damping = 0.01, SmallestDamping = 1e-8;

    /// <summary>The factor U, row-major; what lies below the diagonal is zero.</summary>
    /// <param name="moments">Upper triangle of H, row-major, columns × columns.</param>
    /// <param name="columns">Rows and columns of H.</param>
    public static float[] Of(ReadOnlySpan<float> moments, int columns)
    {
        double[] root = new double[columns * columns];
        for (int index = 0; index < root.Length; index++) root[index] = moments[index];
        double trace = 0;
        for (int row = 0; row < columns; row++) trace += root[(row * columns) + row];
        for (int row = 0; row < columns; row++) root[(row * columns) + row] += (Damping * trace / columns) + SmallestDamping;
        Decompose(root, columns);
        return Invert(root, columns);
    }

    /// <summary>H to R in place, from the last column to the first.</summary>
    private static void Decompose(Span<double> matrix, int columns)
    {
        for (int column = columns - 1; column >= 0; column--)
        {
            ReadOnlySpan<double> pivotRow = matrix.Slice((column * columns) + column + 1, columns - column - 1);
            double pivot = Math.Sqrt(matrix[(column * columns) + column] - TensorPrimitives.Dot(pivotRow, pivotRow));
            matrix[(column * columns) + column] = pivot;
            for (int row = 0; row < column; row++)
            {
                ReadOnlySpan<double> rest = matrix.Slice((row * columns) + column + 1, pivotRow.Length);
                ref double value = ref matrix[(row * columns) + column];
                value = (value - TensorPrimitives.Dot(rest, pivotRow)) / pivot;
            }
        }
    }

    /// <summary>R to R⁻¹, row by row: row i of it times R is row i of the identity.</summary>
    private static float[] Invert(ReadOnlySpan<double> root, int columns)
    {
        float[] inverse = new float[columns * columns];
        double[] sums = new double[columns];
        for (int row = 0; row < columns; row++)
        {
            Array.Clear(sums);
            sums[row] = -1;
            for (int column = row; column < columns; column++)
            {
                double value = -sums[column] / root[(column * columns) + column];
                inverse[(row * columns) + column] = (float)value;
                Span<double> rest = sums.AsSpan(column + 1);
                TensorPrimitives.MultiplyAdd(root.Slice((column * columns) + column + 1, rest.Length), value, rest, rest);
            }
        }

        return inverse;
    }
}
