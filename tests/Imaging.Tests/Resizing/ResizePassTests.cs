using Imaging.Resizing;

namespace Imaging.Tests.Resizing;

public sealed unsafe class ResizeKernelTests
{
    [Fact]
    public void HorizontalPass_RandomSizes_VectorGivesTheScalarBytes()
    {
        Random random = new(1);
        for (int i = 0; i < 300; i++)
        {
            int input = random.Next(1, i % 10 == 0 ? 9_000 : 700), output = random.Next(4, 400);
            int count = Math.Min(output, random.Next(1, 300));
            HorizontalPass kernel = new(new ResizeWeights(input, output, (output - count) / 2, count));
            byte[] rgb = new byte[3 * input], scalar = new byte[3 * count], vector = new byte[3 * count];
            random.NextBytes(rgb);
            if (i % 7 == 0) rgb.AsSpan().Fill(255);
            fixed (byte* source = rgb, expected = scalar, actual = vector)
            {
                kernel.RowScalar(source, expected);
                kernel.Row(source, actual);
            }

            Assert.True(scalar.AsSpan().SequenceEqual(vector), $"{input} to {output}, {count} kept");
        }
    }

    [Fact]
    public void VerticalPass_RandomSizes_VectorGivesTheScalarBytes()
    {
        Random random = new(2);
        byte** addresses = stackalloc byte*[32];
        for (int i = 0; i < 200; i++)
        {
            int length = random.Next(1, 400), input = random.Next(1, 1_500);
            ResizeWeights weights = new(input, 256, 16, 224);
            int position = random.Next(224);
            byte[] rows = new byte[weights.MaxTaps * length], scalar = new byte[length], vector = new byte[length];
            random.NextBytes(rows);
            if (i % 7 == 0) rows.AsSpan().Fill(255);
            fixed (byte* source = rows, expected = scalar, actual = vector)
            {
                for (int row = 0; row < weights.MaxTaps; row++) addresses[row] = source + (row * length);
                VerticalPass.Scalar(addresses, weights.Weights(position), expected, 0, length);
                VerticalPass.Row(addresses, weights.Weights(position), actual, length);
            }

            Assert.True(scalar.AsSpan().SequenceEqual(vector), $"{weights.MaxTaps} rows of {length}");
        }
    }

    [Theory]
    [InlineData(500, 375, 341, 256)]
    [InlineData(375, 500, 256, 341)]
    [InlineData(1, 5000, 256, 1_280_000)]
    [InlineData(257, 255, 258, 256)]
    [InlineData(256, 256, 256, 256)]
    public void OutputSize_FollowsTorchvision(int width, int height, int expectedWidth, int expectedHeight) =>
        Assert.Equal((expectedWidth, expectedHeight), ResizePlan.OutputSize(width, height, 256));
}
