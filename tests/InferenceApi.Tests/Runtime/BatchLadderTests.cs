using InferenceApi.Runtime;

namespace InferenceApi.Tests.Runtime;

public sealed class BatchLadderTests
{
    [Theory]
    [InlineData(64, "1,2,3,4,6,8,12,16,20,24,32,40,48,56,64")]
    [InlineData(10, "1,2,3,4,6,8,10")]
    [InlineData(1, "1")]
    [InlineData(128, "1,2,3,4,6,8,12,16,20,24,32,40,48,56,64,96,128")]
    [InlineData(100, "1,2,3,4,6,8,12,16,20,24,32,40,48,56,64,96,100")]
    public void Gpu_IsCutAtTheLargestBatch(int maxBatch, string sizes) => Assert.Equal(sizes, string.Join(',', BatchLadder.Gpu(maxBatch).Sizes));

    [Fact]
    public void RunSizeAndFilledSize_EncloseTheRows()
    {
        BatchLadder ladder = BatchLadder.Gpu(64);
        for (int rows = 1; rows <= 64; rows++)
        {
            Assert.Equal(ladder.Sizes.First(size => size >= rows), ladder.RunSize(rows));
            Assert.Equal(ladder.Sizes.Last(size => size <= rows), ladder.FilledSize(rows));
        }

        Assert.Equal(64, ladder.FilledSize(1000));
        Assert.Throws<ArgumentOutOfRangeException>(() => ladder.RunSize(0));
    }

    [Fact]
    public void Exact_HasEverySize()
    {
        BatchLadder ladder = BatchLadder.Exact(5);
        Assert.True(ladder.IsExact);
        Assert.False(BatchLadder.Gpu(8).IsExact);
        Assert.All(Enumerable.Range(1, 5), rows => Assert.Equal((rows, rows), (ladder.RunSize(rows), ladder.FilledSize(rows))));
    }
}
