using Export.Onnx;
using Export.Weights;

namespace Export.Architectures;

/// <summary>Writes a ResNet down as an ONNX graph: Conv with folded normalisation, Relu, Add, and the head.</summary>
public sealed class ResNetGraph
{
    private readonly WeightSource _weights;
    private readonly List<OnnxNode> _nodes = [];
    private readonly List<OnnxInitializer> _initializers = [];

    private ResNetGraph(WeightSource weights) => _weights = weights;

    /// <summary>The graph: `input` float32 [batch, 3, side, side] to `logits` float32 [batch, classes].</summary>
    /// <param name="architecture">What to build.</param>
    /// <param name="weights">Read only when the graph is written.</param>
    /// <param name="side">Height and width of the input, in pixels.</param>
    public static OnnxGraph Build(ResNetArchitecture architecture, WeightSource weights, int side)
    {
        ResNetGraph graph = new(weights);
        string value = graph.Relu("relu", graph.Convolve(architecture.Stem, "input"));
        value = graph.Add("MaxPool", "maxpool", [value], [new("kernel_shape", 3, 3), new("pads", 1, 1, 1, 1), new("strides", 2, 2)]);
        value = architecture.ResidualBlocks.Aggregate(value, (input, block) => graph.Residual(block, input));
        value = graph.Add("GlobalAveragePool", "avgpool", [value], []);
        value = graph.Add("Flatten", "flatten", [value], [OnnxAttribute.Of("axis", 1)]);
        graph.Head(architecture, value);
        return new OnnxGraph(
            architecture.Name,
            graph._nodes,
            graph._initializers,
            new OnnxValue("input", ["batch", "3", $"{side}", $"{side}"]),
            new OnnxValue("logits", ["batch", $"{architecture.Classes}"]));
    }

    private string Residual(ResidualBlock block, string input)
    {
        string value = input;
        for (int index = 0; index < block.Path.Count; index++)
        {
            value = Convolve(block.Path[index], value);
            if (index < block.Path.Count - 1) value = Relu($"{block.Name}.relu{index + 1}", value);
        }

        string shortcut = block.Downsample is null ? input : Convolve(block.Downsample, input);
        return Relu($"{block.Name}.relu", Add("Add", $"{block.Name}.add", [value, shortcut], []));
    }

    private string Convolve(ConvolutionLayer layer, string input)
    {
        BatchNormFolding folding = new(_weights, layer);
        string kernel = Initializer($"{layer.Name}.weight", layer.WeightSizes, folding.WriteKernel);
        string bias = Initializer($"{layer.Name}.bias", [layer.Out], folding.WriteBias);
        int padding = layer.Kernel / 2;
        return Add("Conv", layer.Name, [input, kernel, bias],
        [
            new("dilations", 1, 1),
            OnnxAttribute.Of("group", layer.Groups),
            new("kernel_shape", layer.Kernel, layer.Kernel),
            new("pads", padding, padding, padding, padding),
            new("strides", layer.Stride, layer.Stride),
        ]);
    }

    private void Head(ResNetArchitecture architecture, string input)
    {
        string kernel = Initializer("fc.weight", [architecture.Classes, architecture.Features],
            stream => PlainTensor.Write(_weights, "fc.weight", (long)architecture.Classes * architecture.Features, stream));
        string bias = Initializer("fc.bias", [architecture.Classes], stream => PlainTensor.Write(_weights, "fc.bias", architecture.Classes, stream));
        _nodes.Add(new OnnxNode("Gemm", "fc", [input, kernel, bias], "logits",
            [OnnxAttribute.Of("alpha", 1f), OnnxAttribute.Of("beta", 1f), OnnxAttribute.Of("transB", 1)]));
    }

    private string Relu(string name, string input) => Add("Relu", name, [input], []);

    private string Add(string type, string name, string[] inputs, OnnxAttribute[] attributes)
    {
        string output = name + ".out";
        _nodes.Add(new OnnxNode(type, name, inputs, output, attributes));
        return output;
    }

    private string Initializer(string name, IReadOnlyList<int> sizes, Action<Stream> content)
    {
        _initializers.Add(new OnnxInitializer(name, OnnxElementType.Float, sizes, content));
        return name;
    }
}
