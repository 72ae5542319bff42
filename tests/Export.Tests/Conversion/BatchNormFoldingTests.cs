using System.Runtime.InteropServices;
using Export.Architectures;
using Export.Conversion;
using Export.Tests.Writers;
using Export.Weights;

namespace Export.Tests.Conversion;

public sealed class BatchNormFoldingTests
{
    // 13 channels of 5 · 3 · 3 elements: no multiple of any vector length.
    private static readonly ConvolutionLayer Layer = new("conv", "bn", 5, 13, 3, 1, 1);

    [Fact]
    public void Write_KernelAndBias_AreWithinOneUlpOfDouble()
    {
        ScriptedWeights weights = new(Layer);
        float[] kernel = Kernel(weights), bias = Written(new BatchNormFolding(weights, Layer).WriteBias);
        for (int index = 0; index < kernel.Length; index++)
        {
            int channel = index / Layer.RowLength;
            double scale = weights["bn.weight"][channel] / Math.Sqrt(weights["bn.running_var"][channel] + 1e-5);
            AssertWithinOneUlp(weights["conv.weight"][index] * scale, kernel[index]);
        }

        for (int channel = 0; channel < bias.Length; channel++)
        {
            double scale = weights["bn.weight"][channel] / Math.Sqrt(weights["bn.running_var"][channel] + 1e-5);
            AssertWithinOneUlp(weights["bn.bias"][channel] - (weights["bn.running_mean"][channel] * scale), bias[channel]);
        }
    }

    [Theory]
    [InlineData("conv.weight", 100, float.NaN, "'conv.weight' holds NaN at element 100")]
    [InlineData("conv.weight", 584, float.PositiveInfinity, "'conv.weight' holds Infinity at element 584")]
    [InlineData("bn.weight", 3, float.NaN, "'bn.weight' holds NaN at element 3")]
    [InlineData("bn.running_var", 0, float.PositiveInfinity, "'bn.running_var' holds Infinity at element 0")]
    [InlineData("bn.running_var", 12, -0.5f, "'bn.running_var' holds -0.5 at element 12, expected no negative variance")]
    [InlineData("conv.weight", 7, 3e38f, "exceeds the range of float32")]
    public void Write_ValueThatCannotBe_IsNamed(string tensor, int index, float value, string reason)
    {
        ScriptedWeights weights = new(Layer);
        weights[tensor][index] = value;
        if (value == 3e38f) weights["bn.running_var"][0] = 1e-6f;
        Assert.Contains(reason, Assert.Throws<WeightsException>(() => Kernel(weights)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_BiasThatIsNotFinite_IsNamed()
    {
        ScriptedWeights weights = new(Layer);
        weights["bn.running_mean"][5] = float.NegativeInfinity;
        WeightsException refused = Assert.Throws<WeightsException>(() => Written(new BatchNormFolding(weights, Layer).WriteBias));
        Assert.Contains("'bn.running_mean' holds -Infinity at element 5", refused.Message, StringComparison.Ordinal);
    }

    private static float[] Kernel(WeightSource weights) => Written(new BatchNormFolding(weights, Layer).WriteKernel);

    private static float[] Written(Action<Stream> write)
    {
        using MemoryStream stream = new();
        write(stream);
        return MemoryMarshal.Cast<byte, float>(stream.ToArray()).ToArray();
    }

    private static void AssertWithinOneUlp(double expected, float actual) =>
        Assert.InRange(actual, MathF.BitDecrement((float)expected), MathF.BitIncrement((float)expected));
}
