using Export.Architectures;
using Export.Conversion;
using Export.Onnx;
using Export.Pictures;
using Export.Quantization;
using Export.Runtime;
using Export.Verification;
using Export.Weights;
using ModelStore;
using TestKit;

namespace Export.Tests.Quantization;

/// <summary>The whole way on small networks, opened in ONNX Runtime.</summary>
public sealed class QuantizerTests : IDisposable
{
    private static readonly ActivationScale Input = ActivationScale.Of(-2.1179, 2.64);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("resnet_basic_1-1-1-1")]
    [InlineData("resnet_bottleneck_1-1-1-1_32x4d")]
    public void Network_AnswersInBytes_AsInFloat(string name)
    {
        Quantizer quantizer = new(Graph(name));
        Quantize(quantizer, 4);
        FusionCheck.Run(_folder.File("int8.onnx"));
        OnnxCheck.Run(_folder.File("int8.onnx"), 10, Precision.Int8);
        using NetworkSession single = new(_folder.File("fp32.onnx")), bytes = new(_folder.File("int8.onnx"));
        PrecisionAgreement agreement = AgreementMeasurement.Run(
            single, bytes, GeneratedPictures.Patterns(12, 224).Skip(4), AgreementSource.Generated, () => { }, default);
        Assert.Equal(1, agreement.ClearTop1);
        Assert.InRange(agreement.MeanProbabilityDifference!.Value, 0, 0.03);
    }

    [Fact]
    public void SamePictures_GiveTheSameBytes()
    {
        Quantizer quantizer = new(Graph("resnet_basic_1-1-1-1"));
        Quantize(quantizer, 3);
        byte[] first = File.ReadAllBytes(_folder.File("int8.onnx"));
        Quantize(quantizer, 3);
        Assert.Equal(first, File.ReadAllBytes(_folder.File("int8.onnx")));
    }

    [Fact]
    public void Runs_AreAllCounted()
    {
        Quantizer quantizer = new(Graph("resnet_basic_1-1-1-1"));
        Assert.Equal(quantizer.Runs(2), Quantize(quantizer, 2));
    }

    [Fact]
    public void Points_AreEndsOfRelus_AndWhatIsAdded()
    {
        QuantizationPoints points = new(Graph("resnet_basic_1-1-1-1"));

        // Nine Relus (the stem's and two in each block), four last convolutions, three of shortcuts, the average pool.
        Assert.Equal(9 + 4 + 3 + 1, points.Measured.Count);
        Assert.Equal("relu.out", points.ScaleOwner("maxpool.out"));
        Assert.Equal("avgpool.out", points.ScaleOwner("flatten.out"));
        Assert.DoesNotContain("input", points.Probes);
        Assert.Contains("maxpool.out", points.Probes);
    }

    [Fact]
    public void Graph_HasARelu_OnlyBehindAdditions()
    {
        OnnxGraph source = Graph("resnet_bottleneck_1-1-1-1_32x4d");
        QuantizationPoints points = new(source);
        Dictionary<string, ActivationScale> scales = points.Measured.ToDictionary(value => value, _ => ActivationScale.Of(0, 1));
        scales.Add("input", Input);
        Dictionary<string, RoundedWeights> weights = points.Layers.ToDictionary(layer => layer.Name, layer => new RoundedWeights(
            new sbyte[points.Shape(
                layer).Outputs * points.Shape(layer).Columns], [.. Enumerable.Repeat(0.5f, points.Shape(layer).Outputs)]));
        OnnxGraph graph = QuantizedGraph.Build(source, points, scales, weights);

        HashSet<string> sums = [.. graph.Nodes.Where(node => node.Type == "Add").Select(node => node.Output)];
        Assert.All(graph.Nodes.Where(node => node.Type == "Relu"), relu => Assert.Contains(relu.Inputs[0], sums));
        Assert.Equal([1, 4, 8, 16, 32], graph.Nodes.Where(node => node.Type == "Conv" &&
            node.NumberOf("kernel_shape") > 1).Select(node => node.NumberOf("group")));
        HashSet<string> known = ["input", .. graph.Initializers.Select(tensor => tensor.Name)];
        Assert.All(graph.Nodes, node => Assert.True(node.Inputs.All(known.Contains) && known.Add(node.Output), node.Name));

        // bias / (weight scale · input scale), as integers of 32 bits.
        OnnxInitializer bias = graph.Initializers.Single(tensor => tensor.Name == "fc.bias.integers");
        using MemoryStream stream = new();
        bias.Content(stream);
        float expected = source.Initializers.Single(
            tensor => tensor.Name == "fc.bias").ReadSingles()[0] / (0.5f * scales["avgpool.out"].Scale);
        Assert.Equal((int)Math.Round(expected), BitConverter.ToInt32(stream.ToArray()));
    }

    private static OnnxGraph Graph(string name)
    {
        ResNetArchitecture architecture = ResNetNames.Find(name, 10)!;
        return ResNetGraph.Build(architecture, new SyntheticWeights(architecture, 1), 224);
    }

    private int Quantize(Quantizer quantizer, int pictures)
    {
        Write("fp32.onnx", quantizer.Probed);
        int runs = 0;
        using NetworkSession network = new(_folder.File("fp32.onnx"));
        float[][] values = [.. GeneratedPictures.Patterns(pictures, 224).Select(picture => picture.Values)];
        Write("int8.onnx", quantizer.Quantize(network, Input, values, () => runs++, default));
        return runs;
    }

    private void Write(string name, OnnxGraph graph)
    {
        using FileStream file = File.Create(_folder.File(name));
        new OnnxWriter(new OnnxFile(graph, "test", "1", [])).Write(file);
    }
}
