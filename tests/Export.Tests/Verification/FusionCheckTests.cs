using Export.Architectures;
using Export.Conversion;
using Export.Onnx;
using Export.Verification;
using Export.Weights;
using TestKit;

namespace Export.Tests.Verification;

public sealed class FusionCheckTests
{
    [Theory]
    [InlineData("QuantizeLinear QLinearConv Conv QGemm", "Conv")]
    [InlineData("QuantizeLinear QLinearConv FusedConv QGemm", "FusedConv")]
    [InlineData("QuantizeLinear QLinearConv Add DequantizeLinear", "Add")]
    [InlineData("QuantizeLinear QLinearConv QuantizeLinear QGemm", "2 times")]
    public void Kernels_OfFloat_AreRefused(string kernels, string named)
    {
        NetworkCheckException refused = Assert.Throws<NetworkCheckException>(() => FusionCheck.Check("x.onnx", kernels.Split(' ')));
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Kernels_OfBytes_Pass() => FusionCheck.Check("x.onnx", ["QuantizeLinear", "QLinearConv", "QLinearAdd", "QGemm"]);

    [Fact]
    public void FloatNetwork_IsRefused_AndItsProfileRemoved()
    {
        using TemporaryFolder folder = new();
        ResNetArchitecture architecture = ResNetNames.Find("resnet_basic_1-1-1-1", 10)!;
        using (FileStream file = File.Create(folder.File("fp32.onnx")))
            new OnnxWriter(
                new OnnxFile(ResNetGraph.Build(architecture, new SyntheticWeights(architecture, 1), 224), "test", "1", [])).Write(file);
        Assert.Throws<NetworkCheckException>(() => FusionCheck.Run(folder.File("fp32.onnx")));
        Assert.Equal(["fp32.onnx"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }
}
