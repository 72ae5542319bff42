using InferenceApi.Classification;

namespace InferenceApi.Tests.Classification;

public sealed class TopPredictionsTests
{
    [Fact]
    public void Rank_OfAKnownRow_IsItsSoftmax()
    {
        Prediction[] top = TopPredictions.Rank([1f, 3f, 2f], 3);

        double sum = Math.Exp(1) + Math.Exp(2) + Math.Exp(3);
        Assert.Equal([1, 2, 0], top.Select(each => each.Index));
        Assert.Equal(Math.Exp(3) / sum, top[0].Probability, 15);
        Assert.Equal(Math.Exp(2) / sum, top[1].Probability, 15);
        Assert.Equal(Math.Exp(1) / sum, top[2].Probability, 15);
    }

    [Theory]
    [InlineData(1000f, 0f)]
    [InlineData(89f, 1f)]
    [InlineData(-104f, -105f)]
    [InlineData(float.MaxValue, float.MinValue)]
    public void Rank_OfExtremeLogits_StaysFinite(float high, float low)
    {
        Prediction[] top = TopPredictions.Rank([low, high], 2);

        Assert.Equal(1, top[0].Index);
        Assert.Equal(1, top.Sum(each => each.Probability), 12);
        Assert.All(top, each => Assert.True(double.IsFinite(each.Probability)));
    }

    [Fact]
    public void Rank_OfEqualLogits_KeepsTheOrderOfTheIndex() =>
        Assert.Equal([0, 1, 2], TopPredictions.Rank([5f, 5f, 5f, 5f], 3).Select(each => each.Index));

    [Fact]
    public void Rank_OfRandomRows_EqualsAFullSort()
    {
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            // Few distinct values, so that ties are common.
            float[] row = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => (float)random.Next(-8, 8))];
            int k = random.Next(1, row.Length + 1);

            int[] expected = [.. Enumerable.Range(0, row.Length).OrderByDescending(index => row[index]).ThenBy(index => index).Take(k)];

            Assert.Equal(expected, TopPredictions.Rank(row, k).Select(each => each.Index));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Rank_OfANumberThatIsNone_Fails(float bad) =>
        Assert.Throws<InvalidOperationException>(() => TopPredictions.Rank([0f, bad, 1f], 1));

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Rank_BeyondTheRow_Fails(int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TopPredictions.Rank([1f, 2f, 3f], count));
}
