using Export.Quantization;

namespace Export.Tests.Quantization;

public sealed class RangeSearchTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Range_LosesLeast_AmongAllItMightHaveChosen(bool relu)
    {
        float[] values = Normal(200_000, relu);
        ActivationScale chosen = RangeSearch.Choose(Histogram(values));
        double best = Enumerable.Range(
            0, 161).Min(step => Error(values, ActivationScale.Of(values.Min() * Part(step), values.Max() * Part(step))));
        Assert.InRange(Error(values, chosen), best, best * 1.02);
        Assert.True(chosen.Scale < (values.Max() - values.Min()) / 255 * 0.95, "the rare large values are not clipped");
    }

    [Fact]
    public void Range_OfARelu_BeginsAtZero() => Assert.Equal(0, RangeSearch.Choose(Histogram(Normal(10_000, relu: true))).ZeroPoint);

    [Fact]
    public void Range_OfEvenValues_IsWhole()
    {
        float[] values = [.. Enumerable.Range(0, 10_000).Select(index => index / 1000f)];
        Assert.Equal(values[^1] / 255, RangeSearch.Choose(Histogram(values)).Scale, 1e-4f);
    }

    [Fact]
    public void Range_OfATensorOfZeros_DividesByNothing() => Assert.True(RangeSearch.Choose(Histogram(new float[100])).Scale > 0);

    private static double Part(int step) => 0.2 + (step * 0.005);

    private static ActivationHistogram Histogram(float[] values)
    {
        // Two pictures: what the first pass saw of the second must not be lost.
        ActivationHistogram histogram = new();
        foreach (float[] half in values.Chunk((values.Length + 1) / 2)) histogram.Widen(half);
        foreach (float[] half in values.Chunk((values.Length + 1) / 2)) histogram.Count(half);
        long counted = 0;
        foreach (long count in histogram.Counts) counted += count;
        Assert.Equal(values.Length, counted);
        return histogram;
    }

    private static double Error(float[] values, ActivationScale scale) => values.Sum(value =>
    {
        double level = Math.Clamp(Math.Round(value / (double)scale.Scale) + scale.ZeroPoint, 0, 255);
        double error = value - ((level - scale.ZeroPoint) * scale.Scale);
        return error * error;
    });

    private static float[] Normal(int count, bool relu)
    {
        Random random = new(5);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6)
            .Select(value => (float)(relu ? Math.Max(0, value * value * value) : value * value * value))];
    }
}
