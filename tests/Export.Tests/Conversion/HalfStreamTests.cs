using System.Runtime.InteropServices;
using Export.Conversion;
using Export.Weights;

namespace Export.Tests.Conversion;

public sealed class HalfStreamTests
{
    [Theory]
    [InlineData(1f, 0x3c00)]
    [InlineData(-2f, 0xc000)]
    // Halfway between two neighbours: to the even one, down and up.
    [InlineData(1f + 0.00048828125f, 0x3c00)]
    [InlineData(1f + (3 * 0.00048828125f), 0x3c02)]
    [InlineData(65504f, 0x7bff)]
    // Below the halfway point to the first number beyond the range.
    [InlineData(65519.996f, 0x7bff)]
    [InlineData(5.9604645e-8f, 0x0001)]
    // Half the smallest: a tie, to zero.
    [InlineData(2.9802322e-8f, 0x0000)]
    [InlineData(-1e-20f, 0x8000)]
    public void Number_IsRoundedToNearestEven(float value, int bits) => Assert.Equal((ushort)bits, Assert.Single(Convert([value])));

    [Theory]
    [InlineData(65520f)]
    [InlineData(-1e10f)]
    [InlineData(float.NaN)]
    public void NumberBeyondTheRange_IsRefusedByNameAndPlace(float value)
    {
        var failure = Assert.Throws<WeightsException>(() => Convert([1, 2, value]));
        Assert.Contains("'fc.weight'", failure.Message);
        Assert.Contains("element 2", failure.Message);
    }

    [Fact]
    public void EveryHalf_SurvivesTheWay_InAnyPieces()
    {
        float[] all = [.. Enumerable.Range(0, 1 << 16).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits)).Where(Half.IsFinite)
            .Select(half => (float)half)];

        Assert.Equal(all, Convert(all).Select(bits => (float)BitConverter.UInt16BitsToHalf(bits)));
    }

    [Fact]
    public void PartOfANumber_IsRefused()
    {
        using var stream = new HalfStream(Stream.Null, "x");
        Assert.Throws<ArgumentException>(() => stream.Write([1, 2, 3]));
    }

    private static ushort[] Convert(float[] values)
    {
        using var result = new MemoryStream();
        using var stream = new HalfStream(result, "fc.weight");
        stream.Write(MemoryMarshal.AsBytes<float>(values));
        return MemoryMarshal.Cast<byte, ushort>(result.ToArray()).ToArray();
    }
}
