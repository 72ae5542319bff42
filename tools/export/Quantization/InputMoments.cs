using System.Numerics.Tensors;

namespace Export.Quantization;

/// <summary>
/// Sums of products of what a layer's weights are multiplied with, Σ u·uᵀ over sampled positions of the calibration pictures. They tell
/// how much an error of one weight can be made up for by its neighbours.
/// </summary>
internal sealed class InputMoments
{
    /// <summary>Positions of the output that are sampled in one picture; neighbouring ones say nearly the same.</summary>
    private const int PositionsPerPicture = 64;

    private readonly LayerShape _shape;
    private readonly float[][] _sums;

    public InputMoments(LayerShape shape)
    {
        _shape = shape;
        _sums = [.. Enumerable.Range(0, shape.Groups * shape.Pieces).Select(Piece)];
        float[] Piece(int index) => new float[shape.ColumnsOf(index % shape.Pieces) * shape.ColumnsOf(index % shape.Pieces)];
    }

    /// <summary>Bytes that the sums of such a layer take.</summary>
    public static long BytesOf(LayerShape shape) =>
        sizeof(
            float) * (long)shape.Groups * Enumerable.Range(0, shape.Pieces).Sum(piece =>
                (long)shape.ColumnsOf(piece) * shape.ColumnsOf(piece));

    /// <summary>The sums of one group's piece: the upper triangle of columns × columns, row-major; zeros below.</summary>
    public float[] Of(int group, int piece) => _sums[(group * _shape.Pieces) + piece];

    /// <summary>Adds one picture.</summary>
    /// <param name="input">The layer's input: channels × side × side.</param>
    /// <param name="random">Chooses the positions.</param>
    public void Add(ReadOnlySpan<float> input, Random random)
    {
        int width = _shape.Groups * _shape.Columns;
        float[] patches = Patches(input, random);
        Parallel.For(0, width, column =>
        {
            (int group, int inGroup) = Math.DivRem(column, _shape.Columns);
            (int piece, int row) = Math.DivRem(inGroup, _shape.PieceColumns);
            int columns = _shape.ColumnsOf(piece);
            Span<float> sums = Of(group, piece).AsSpan((row * columns) + row, columns - row);
            for (int start = 0; start < patches.Length; start += width)
            {
                ReadOnlySpan<float> rest = patches.AsSpan(start + column, sums.Length);

                // About half of a Relu's values are zero.
                if (rest[0] != 0) TensorPrimitives.MultiplyAdd(rest, rest[0], sums, sums);
            }
        });
    }

    /// <summary>What the kernel sees at the sampled positions, one after the other: groups × columns numbers each.</summary>
    private float[] Patches(ReadOnlySpan<float> input, Random random)
    {
        int side = (int)Math.Sqrt(input.Length / (_shape.Groups * _shape.Channels)), outputSide = _shape.OutputSide(side);
        int[] positions = [.. Enumerable.Range(0, outputSide * outputSide)];
        if (positions.Length > PositionsPerPicture) random.Shuffle(positions);
        int taken = Math.Min(positions.Length, PositionsPerPicture), width = _shape.Groups * _shape.Columns;
        float[] patches = new float[taken * width];
        for (int index = 0; index < taken; index++)
        {
            (int y, int x) = Math.DivRem(positions[index], outputSide);
            Patch(input, side, y * _shape.Stride, x * _shape.Stride, patches.AsSpan(index * width, width));
        }

        return patches;
    }

    private void Patch(ReadOnlySpan<float> input, int side, int top, int left, Span<float> patch)
    {
        int at = 0;
        for (int channel = 0; channel < _shape.Groups * _shape.Channels; channel++)
        {
            ReadOnlySpan<float> plane = input.Slice(channel * side * side, side * side);
            for (int tap = 0; tap < _shape.Taps; tap++, at++)
            {
                int y = top + (tap / _shape.Kernel) - _shape.Padding, x = left + (tap % _shape.Kernel) - _shape.Padding;
                if (y >= 0 && y < side && x >= 0 && x < side) patch[at] = plane[(y * side) + x];
            }
        }
    }
}
