using Export.Quantization;

namespace Export.Tests.Quantization;

public sealed class ActivationScaleTests
{
    [Theory]
    [InlineData(0, 2.55, 0.01f, 0)]
    [InlineData(-1, 2, 3f / 255, 85)]
    [InlineData(-2.1179, 2.64, 4.7579f / 255, 114)]
    [InlineData(-3, 0, 3f / 255, 255)]
    [InlineData(0, 0, 1e-9f, 0)]
    public void Scale_SpreadsTheLevelsOverTheRange(double low, double high, float scale, byte zero)
    {
        ActivationScale found = ActivationScale.Of(low, high);
        Assert.Equal(scale, found.Scale, 1e-8f);
        Assert.Equal(zero, found.ZeroPoint);
    }
}
