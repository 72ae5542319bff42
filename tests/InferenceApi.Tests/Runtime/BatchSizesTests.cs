using InferenceApi.Runtime;

namespace InferenceApi.Tests.Runtime;

public sealed class BatchSizesTests
{
    [Theory]
    [InlineData(64, "1,2,3,4,6,8,12,16,20,24,32,40,48,56,64")]
    [InlineData(10, "1,2,3,4,6,8,10")]
    [InlineData(1, "1")]
    [InlineData(128, "1,2,3,4,6,8,12,16,20,24,32,40,48,56,64,96,128")]
    [InlineData(100, "1,2,3,4,6,8,12,16,20,24,32,40,48,56,64,96,100")]
    public void Gpu_IsCutAtTheLargestBatch(int maxBatch, string sizes) =>
        Assert.Equal(sizes, string.Join(',', BatchSizes.Gpu(maxBatch).Sizes));

    [Fact]
    public void RunSizeAndFilledSize_EncloseTheRows()
    {
        BatchSizes batchSizes = BatchSizes.Gpu(64);
        for (int rows = 1; rows <= 64; rows++)
        {
            Assert.Equal(batchSizes.Sizes.First(size => size >= rows), batchSizes.RunSize(rows));
            Assert.Equal(batchSizes.Sizes.Last(size => size <= rows), batchSizes.FilledSize(rows));
        }

        Assert.Equal(64, batchSizes.FilledSize(1000));
        Assert.Throws<ArgumentOutOfRangeException>(() => batchSizes.RunSize(0));
    }

    [Fact]
    public void Exact_HasEverySize()
    {
        BatchSizes batchSizes = BatchSizes.Exact(5);
        Assert.True(batchSizes.IsExact);
        Assert.False(BatchSizes.Gpu(8).IsExact);
        Assert.All(Enumerable.Range(1, 5), rows => Assert.Equal((rows, rows), (batchSizes.RunSize(rows), batchSizes.FilledSize(rows))));
    }
}
