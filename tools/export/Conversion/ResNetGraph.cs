using Export.Architectures;
using Export.Onnx;
using Export.Weights;

namespace Export.Conversion;

/// <summary>Writes a ResNet down as an ONNX graph: Conv with folded normalisation, Relu, Add, and the head.</summary>
public sealed class ResNetGraph
{
    private readonly WeightSource _weights;
    private readonly List<OnnxNode> _nodes = [];
    private readonly List<OnnxInitializer> _initializers = [];

    private readonly Precision _precision;

    private ResNetGraph(WeightSource weights, Precision precision) => (_weights, _precision) = (weights, precision);

    /// <summary>The graph: `input` float32 [batch, 3, side, side] to `logits` float32 [batch, classes].</summary>
    /// <param name="architecture">What to build.</param>
    /// <param name="weights">Read only when the graph is written.</param>
    /// <param name="side">Height and width of the input, in pixels.</param>
    /// <param name="precision">Of weights and arithmetic; casts at both ends keep the signature.</param>
    public static OnnxGraph Build(ResNetArchitecture architecture, WeightSource weights, int side, Precision precision = Precision.Fp32)
    {
        ResNetGraph graph = new(weights, precision);
        string value = precision == Precision.Fp16 ? graph.Cast("input.half", "input", OnnxElementType.Float16, "input.half.out") : "input";
        value = graph.Relu("relu", graph.Convolve(architecture.Stem, value));
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
        string bias = Initializer(
            "fc.bias", [architecture.Classes], stream => PlainTensor.Write(_weights, "fc.bias", architecture.Classes, stream));
        string output = _precision == Precision.Fp16 ? "fc.out" : "logits";
        _nodes.Add(new OnnxNode("Gemm", "fc", [input, kernel, bias], output,
            [OnnxAttribute.Of("alpha", 1f), OnnxAttribute.Of("beta", 1f), OnnxAttribute.Of("transB", 1)]));
        if (_precision == Precision.Fp16) Cast("logits.single", output, OnnxElementType.Float, "logits");
    }

    private string Cast(string name, string input, OnnxElementType to, string output)
    {
        _nodes.Add(new OnnxNode("Cast", name, [input], output, [OnnxAttribute.Of("to", (long)to)]));
        return output;
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
        OnnxInitializer initializer = _precision == Precision.Fp32
            ? new(name, OnnxElementType.Float, sizes, content)
            : new(name, OnnxElementType.Float16, sizes, stream => content(new HalfStream(stream, name)));
        _initializers.Add(initializer);
        return name;
    }
}
