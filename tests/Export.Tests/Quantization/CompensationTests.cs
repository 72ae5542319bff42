using Export.Quantization;

namespace Export.Tests.Quantization;

/// <summary>Moments, their factor, and what rounding makes of them, against the formulas written out.</summary>
public sealed class CompensationTests
{
    [Fact]
    public void Moments_AreTheSumsOfProducts()
    {
        LayerShape shape = new(Outputs: 4, Channels: 2, Kernel: 3, Stride: 2, Padding: 1, Groups: 2);
        const int Side = 6;
        Random random = new(1);
        float[] input = [.. Enumerable.Range(0, 4 * Side * Side).Select(_ => random.Next(3) == 0 ? 0 : random.NextSingle() - 0.5f)];
        InputMoments moments = new(shape);
        moments.Add(input, random);
        moments.Add(input, random);
        for (int group = 0; group < 2; group++)
        {
            for (int row = 0; row < 18; row++)
            {
                for (int column = row; column < 18; column++)
                {
                    double expected = 0;
                    for (int position = 0; position < 9; position++)
                        expected += 2 * Seen(input, group, position, row) * Seen(input, group, position, column);
                    Assert.Equal(expected, moments.Of(group, 0)[(row * 18) + column], 1e-5);
                }
            }
        }

        double Seen(float[] values, int group, int position, int index)
        {
            int channel = (group * 2) + (index / 9), y = (position / 3 * 2) + (index % 9 / 3) - 1, x = (position % 3 * 2) + (index % 3) - 1;
            return y is >= 0 and < Side && x is >= 0 and < Side ? values[(((channel * Side) + y) * Side) + x] : 0;
        }
    }

    [Fact]
    public void Pieces_AreWholeChannels()
    {
        LayerShape shape = new(8, 100, 3, 1, 1, 1);
        Assert.Equal((900, 576, 2, 576, 324), (shape.Columns, shape.PieceColumns, shape.Pieces, shape.ColumnsOf(0), shape.ColumnsOf(1)));
        Assert.Equal(4L * ((576 * 576) + (324 * 324)), InputMoments.BytesOf(shape));
    }

    [Fact]
    public void Factor_TimesItself_IsTheInverse()
    {
        const int Columns = 40;
        (float[] moments, _) = Correlated(Columns, 200);
        float[] factor = CompensationFactor.Of(moments, Columns);
        double trace = Enumerable.Range(0, Columns).Sum(index => (double)moments[(index * Columns) + index]);
        for (int row = 0; row < Columns; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                // (UᵀU · H)[row, column], H symmetric and damped.
                double sum = 0;
                for (int inner = 0; inner < Columns; inner++)
                {
                    double inverse = 0;
                    for (int k = 0; k <= Math.Min(row, inner); k++)
                        inverse += (double)factor[(k * Columns) + row] * factor[(k * Columns) + inner];
                    int low = Math.Min(inner, column), high = Math.Max(inner, column);
                    sum += inverse * (moments[(low * Columns) + high] + (low == high ? (0.01 * trace / Columns) + 1e-8 : 0));
                }

                Assert.Equal(row == column ? 1 : 0, sum, 1e-3);
            }
        }
    }

    [Fact]
    public void Rounding_WithCorrelatedInputs_LosesLessThanTheNearest()
    {
        const int Columns = 64;
        (float[] moments, float[][] samples) = Correlated(Columns, 500);
        Random random = new(9);
        float[] weights = [.. Enumerable.Range(0, Columns).Select(_ => random.NextSingle() - 0.5f)];
        float scale = RoundedWeights.ScaleOf(weights) * 16;
        sbyte[] rounded = new sbyte[Columns];
        CompensatedRounding.RoundPiece([.. weights], scale, CompensationFactor.Of(moments, Columns), rounded);
        double nearest = Loss(index => RoundedWeights.Nearest(weights[index], scale)), compensated = Loss(index => rounded[index]);
        Assert.True(compensated < nearest / 2, $"{compensated} against {nearest}");

        double Loss(Func<int, float> level) => samples.Sum(sample =>
            Math.Pow(Enumerable.Range(0, Columns).Sum(index => sample[index] * ((double)weights[index] - (level(index) * scale))), 2));
    }

    [Fact]
    public void Rounding_WithIndependentInputs_IsTheNearest()
    {
        float[] weights = [0.4f, -0.26f, 1.27f, 0.004f], moments = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
        sbyte[] rounded = new sbyte[4];
        CompensatedRounding.RoundPiece([.. weights], RoundedWeights.ScaleOf(weights), CompensationFactor.Of(moments, 4), rounded);
        Assert.Equal([40, -26, 127, 0], rounded);
    }

    [Fact]
    public void Rounding_OfAWholeLayer_KeepsGroupsApart()
    {
        LayerShape shape = new(Outputs: 2, Channels: 1, Kernel: 1, Stride: 1, Padding: 0, Groups: 2);
        InputMoments moments = new(shape);
        moments.Add([1, 2, 3, 4, 5, 6, 7, 8], new Random(1));
        RoundedWeights rounded = CompensatedRounding.Round([0.5f, -2f], shape, moments);
        Assert.Equal([127, -127], rounded.Values);
        Assert.Equal([0.5f / 127, 2f / 127], rounded.Scales);
    }

    private static (float[] Moments, float[][] Samples) Correlated(int columns, int count)
    {
        Random random = new(2);
        float[][] samples = new float[count][];
        float[] moments = new float[columns * columns];
        for (int sample = 0; sample < count; sample++)
        {
            float common = random.NextSingle() * 2;
            samples[sample] = [.. Enumerable.Range(0, columns).Select(_ => common + (0.2f * random.NextSingle()))];
            for (int row = 0; row < columns; row++)
            {
                for (int column = row; column < columns; column++)
                    moments[(row * columns) + column] += samples[sample][row] * samples[sample][column];
            }
        }

        return (moments, samples);
    }
}
