using System.Numerics.Tensors;

namespace Export.Quantization;

/// <summary>
/// Rounds weights one column after the other and takes each one's error back in those that follow, as far as the inputs move together.
/// Against rounding to the nearest level, ResNet-18's probabilities come out a third closer to float32's.
/// </summary>
internal static class CompensatedRounding
{
    /// <summary>Rounds a whole layer; its output channels are independent of each other and go in parallel.</summary>
    /// <param name="weights">Outputs × columns, row-major.</param>
    /// <param name="shape">The layer.</param>
    /// <param name="moments">Of its inputs.</param>
    public static RoundedWeights Round(float[] weights, LayerShape shape, InputMoments moments)
    {
        float[][] factors = new float[shape.Groups * shape.Pieces][];
        Parallel.For(0, factors.Length, index =>
        {
            (int group, int piece) = Math.DivRem(index, shape.Pieces);
            factors[index] = CompensationFactor.Of(moments.Of(group, piece), shape.ColumnsOf(piece));
        });

        RoundedWeights rounded = new(new sbyte[weights.Length], new float[shape.Outputs]);
        Parallel.For(0, shape.Outputs, output =>
        {
            int start = output * shape.Columns, group = output / (shape.Outputs / shape.Groups);
            float[] row = weights[start..(start + shape.Columns)];
            rounded.Scales[output] = RoundedWeights.ScaleOf(row);
            for (int piece = 0; piece < shape.Pieces; piece++)
            {
                int first = piece * shape.PieceColumns, columns = shape.ColumnsOf(piece);
                RoundPiece(
                    row.AsSpan(first, columns),
                    rounded.Scales[output],
                    factors[(group * shape.Pieces) + piece],
                    rounded.Values.AsSpan(start + first, columns));
            }
        });
        return rounded;
    }

    /// <summary>Rounds one output channel's columns of one piece.</summary>
    /// <param name="weights">Changed on the way: each holds what is left of it and of the errors before it.</param>
    /// <param name="scale">Of the output channel.</param>
    /// <param name="factor">See <see cref="CompensationFactor"/>.</param>
    /// <param name="rounded">Receives the bytes.</param>
    internal static void RoundPiece(Span<float> weights, float scale, ReadOnlySpan<float> factor, Span<sbyte> rounded)
    {
        for (int column = 0; column < weights.Length; column++)
        {
            ReadOnlySpan<float> spread = factor.Slice((column * weights.Length) + column, weights.Length - column);
            float level = RoundedWeights.Nearest(weights[column], scale), error = (weights[column] - (level * scale)) / spread[0];
            rounded[column] = (sbyte)level;
            Span<float> rest = weights[(column + 1)..];
            TensorPrimitives.MultiplyAdd(spread[1..], -error, rest, rest);
        }
    }
}
