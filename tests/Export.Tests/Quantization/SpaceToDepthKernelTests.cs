using Export.Quantization;

namespace Export.Tests.Quantization;

public sealed class SpaceToDepthKernelTests
{
    private const int Side = 12;

    [Fact]
    public void Rearranged_OnBlocks_ComputesTheSame()
    {
        Random random = new(3);
        int[] picture = [.. Enumerable.Range(0, 3 * Side * Side).Select(_ => random.Next(256))];
        sbyte[] kernel = [.. Enumerable.Range(0, 3 * 7 * 7).Select(_ => (sbyte)random.Next(-127, 128))];
        sbyte[] rearranged = new sbyte[SpaceToDepthKernel.RowLength];
        SpaceToDepthKernel.Rearrange(kernel, rearranged);
        for (int y = 0; y < Side / 2; y++)
        {
            for (int x = 0; x < Side / 2; x++) Assert.Equal(Direct(picture, kernel, y, x), Blocked(picture, rearranged, y, x));
        }
    }

    [Fact]
    public void Fits_OnlyTheStemMeant()
    {
        Assert.True(SpaceToDepthKernel.Fits([64, 3, 7, 7]));
        Assert.False(SpaceToDepthKernel.Fits([64, 3, 3, 3]));
        Assert.False(SpaceToDepthKernel.Fits([64, 64, 7, 7]));
    }

    /// <summary>7×7 in steps of 2 with 3 pixels of padding.</summary>
    private static int Direct(int[] picture, sbyte[] kernel, int y, int x)
    {
        int sum = 0;
        for (int channel = 0; channel < 3; channel++)
        {
            for (int tap = 0; tap < 49; tap++)
                sum += kernel[(channel * 49) + tap] * Pixel(picture, channel, (2 * y) + (tap / 7) - 3, (2 * x) + (tap % 7) - 3);
        }

        return sum;
    }

    /// <summary>4×4 in steps of 1 on 12 channels, padded as the class says, on ONNX's SpaceToDepth of the picture.</summary>
    private static int Blocked(int[] picture, sbyte[] kernel, int y, int x)
    {
        int sum = 0, top = (int)SpaceToDepthKernel.Pads[0], left = (int)SpaceToDepthKernel.Pads[1];
        for (int deep = 0; deep < 12; deep++)
        {
            (int inBlock, int channel) = Math.DivRem(deep, 3);
            for (int tap = 0; tap < 16; tap++)
            {
                int row = (2 * (y + (tap / 4) - top)) + (inBlock / 2), column = (2 * (x + (tap % 4) - left)) + (inBlock % 2);
                sum += kernel[(deep * 16) + tap] * Pixel(picture, channel, row, column);
            }
        }

        return sum;
    }

    private static int Pixel(int[] picture, int channel, int y, int x) =>
        y is >= 0 and < Side && x is >= 0 and < Side ? picture[(((channel * Side) + y) * Side) + x] : 0;
}
