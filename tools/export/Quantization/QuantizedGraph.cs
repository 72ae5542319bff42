using System.Runtime.InteropServices;
using Export.Onnx;

namespace Export.Quantization;

/// <summary>
/// Writes a float32 graph down in bytes, as ONNX Runtime's "QDQ" form: every value is quantised and at once dequantised again, and the
/// runtime puts an int8 kernel in the place of each operation between the two. A Relu behind a convolution is no node of its own:
/// bytes below the zero point 0 do not exist.
/// </summary>
internal sealed class QuantizedGraph
{
    private readonly QuantizationPoints _points;
    private readonly IReadOnlyDictionary<string, ActivationScale> _scales;
    private readonly IReadOnlyDictionary<string, RoundedWeights> _weights;
    private readonly List<OnnxNode> _nodes = [];
    private readonly Dictionary<string, OnnxInitializer> _initializers = [];

    /// <summary>For each value of the float32 graph, the value that stands for it here.</summary>
    private readonly Dictionary<string, string> _values = [];

    private QuantizedGraph(
        QuantizationPoints points,
        IReadOnlyDictionary<string, ActivationScale> scales,
        IReadOnlyDictionary<string, RoundedWeights> weights) => (_points, _scales, _weights) = (points, scales, weights);

    /// <summary>The graph in bytes, with the same input and output.</summary>
    /// <param name="graph">The float32 graph.</param>
    /// <param name="points">Of that graph.</param>
    /// <param name="scales">Of the input and of every measured value.</param>
    /// <param name="weights">Of every layer, by its name.</param>
    public static OnnxGraph Build(
        OnnxGraph graph,
        QuantizationPoints points,
        IReadOnlyDictionary<string, ActivationScale> scales,
        IReadOnlyDictionary<string, RoundedWeights> weights)
    {
        QuantizedGraph quantized = new(points, scales, weights);
        quantized._values[graph.Input.Name] = graph.Input.Name;
        foreach (OnnxNode node in graph.Nodes) quantized.Add(node);
        return new OnnxGraph(graph.Name, quantized._nodes, [.. quantized._initializers.Values], graph.Input, graph.Output);
    }

    private void Add(OnnxNode node)
    {
        switch (node.Type)
        {
            case "Conv":
                Convolve(node);
                break;
            case "Gemm":
                _nodes.Add(node with { Inputs = [_values[node.Inputs[0]], .. Weights(node, _points.Shape(node))] });
                break;
            case "Relu" when _values.ContainsKey(node.Output):
                // The convolution before has taken it in.
                break;
            default:
                _nodes.Add(node with { Inputs = [.. node.Inputs.Select(input => _values[input])] });
                _values[node.Output] = _points.ReluBehind(node.Output) is null ? Requantize(node.Output, node.Output) : node.Output;
                break;
        }
    }

    private void Convolve(OnnxNode node)
    {
        LayerShape shape = _points.Shape(node);
        string input = node.Inputs[0], result = _points.ReluBehind(node.Output)?.Output ?? node.Output;
        bool first = _points.IsInput(input);
        if (first && SpaceToDepthKernel.Fits(_points.Weights(node).Sizes))
        {
            _nodes.Add(new OnnxNode("Conv", node.Name, [BlockedInput(input), .. StemWeights(node, shape)], node.Output, StemAttributes()));
        }
        else
        {
            if (first) _values[input] = Requantize(input, input);
            GroupMerge merge = GroupMerge.Of(shape.Outputs, shape.Channels, shape.Groups, shape.Taps);
            OnnxAttribute group = OnnxAttribute.Of("group", merge.MergedGroups);
            OnnxAttribute[] attributes = [.. node.Attributes.Select(attribute => attribute.Name == "group" ? group : attribute)];
            _nodes.Add(node with { Inputs = [_values[input], .. Weights(node, shape)], Attributes = attributes });
        }

        _values[result] = Requantize(node.Output, result);
    }

    /// <summary>The input in bytes, with each 2×2 block of pixels laid into the channels.</summary>
    private string BlockedInput(string input)
    {
        _nodes.Add(new OnnxNode("QuantizeLinear", $"{input}.quantize", [input, .. Scale(input)], $"{input}.bytes", []));
        OnnxAttribute block = OnnxAttribute.Of("blocksize", SpaceToDepthKernel.Block);
        _nodes.Add(new OnnxNode("SpaceToDepth", $"{input}.blocks", [$"{input}.bytes"], $"{input}.blocked", [block]));
        _nodes.Add(new OnnxNode("DequantizeLinear", $"{input}.dequantize", [$"{input}.blocked", .. Scale(input)], $"{input}.value", []));
        return $"{input}.value";
    }

    private static OnnxAttribute[] StemAttributes() =>
    [
        new("dilations", 1, 1),
        OnnxAttribute.Of("group", 1),
        new("kernel_shape", SpaceToDepthKernel.After, SpaceToDepthKernel.After),
        new("pads", SpaceToDepthKernel.Pads),
        new("strides", 1, 1),
    ];

    private string[] StemWeights(OnnxNode node, LayerShape shape) => Layer(
        node,
        [shape.Outputs, .. SpaceToDepthKernel.Sizes],
        SpaceToDepthKernel.RowLength,
        (output, row) => SpaceToDepthKernel.Rearrange(_weights[node.Name].Row(output), row));

    private string[] Weights(OnnxNode node, LayerShape shape)
    {
        GroupMerge merge = GroupMerge.Of(shape.Outputs, shape.Channels, shape.Groups, shape.Taps);
        IReadOnlyList<int> sizes = _points.Weights(node).Sizes;
        int[] merged = [sizes[0], sizes[1] * merge.Factor, .. sizes.Skip(2)];
        return Layer(node, merged, merge.MergedRow, (output, row) => merge.Widen(output, _weights[node.Name].Row(output), row));
    }

    /// <summary>Puts down a layer's kernel and bias in integers; returns the names of their float values.</summary>
    private string[] Layer(OnnxNode node, IReadOnlyList<int> sizes, int rowLength, RowWriter write)
    {
        RoundedWeights rounded = _weights[node.Name];
        string kernel = node.Inputs[1], bias = node.Inputs[2];
        Put($"{kernel}.bytes", OnnxElementType.Int8, sizes, stream => WriteRows(stream, rounded.Scales.Length, rowLength, write));
        Put($"{kernel}.scale", rounded.Scales);
        Put($"{kernel}.zero", OnnxElementType.Int8, new sbyte[rounded.Scales.Length]);

        float inputScale = ScaleOf(node.Inputs[0]).Scale;
        float[] biasScales = [.. rounded.Scales.Select(scale => scale * inputScale)];
        int[] integers = [.. _points.Bias(node).ReadSingles().Zip(biasScales, BiasInteger)];
        Put($"{bias}.integers", OnnxElementType.Int32, integers);
        Put($"{bias}.scale", biasScales);
        Put($"{bias}.zero", OnnxElementType.Int32, new int[integers.Length]);
        return [Dequantize(kernel, $"{kernel}.bytes"), Dequantize(bias, $"{bias}.integers")];
    }

    private static int BiasInteger(float bias, float scale) =>
        (int)Math.Clamp(Math.Round((double)bias / scale), -int.MaxValue, int.MaxValue);

    private static void WriteRows(Stream stream, int rows, int rowLength, RowWriter write)
    {
        sbyte[] row = new sbyte[rowLength];
        for (int output = 0; output < rows; output++)
        {
            write(output, row);
            stream.Write(MemoryMarshal.AsBytes<sbyte>(row));
        }
    }

    private string Dequantize(string tensor, string integers)
    {
        string[] inputs = [integers, $"{tensor}.scale", $"{tensor}.zero"];
        _nodes.Add(new OnnxNode("DequantizeLinear", $"{tensor}.dequantize", inputs, $"{tensor}.value", [OnnxAttribute.Of("axis", 0)]));
        return $"{tensor}.value";
    }

    /// <summary>Holds a float value in bytes for a moment; this is where the runtime's int8 kernels end and begin.</summary>
    /// <param name="value">The float value here.</param>
    /// <param name="name">Its name in the float32 graph, whose scale it has.</param>
    private string Requantize(string value, string name)
    {
        string[] scale = Scale(name);
        _nodes.Add(new OnnxNode("QuantizeLinear", $"{name}.quantize", [value, .. scale], $"{name}.bytes", []));
        _nodes.Add(new OnnxNode("DequantizeLinear", $"{name}.dequantize", [$"{name}.bytes", .. scale], $"{name}.value", []));
        return $"{name}.value";
    }

    private ActivationScale ScaleOf(string value) => _scales[_points.ScaleOwner(value)];

    private string[] Scale(string value)
    {
        string owner = _points.ScaleOwner(value);
        ActivationScale scale = _scales[owner];
        PutScalar($"{owner}.scale", OnnxElementType.Float, BitConverter.GetBytes(scale.Scale));
        PutScalar($"{owner}.zero", OnnxElementType.UInt8, [scale.ZeroPoint]);
        return [$"{owner}.scale", $"{owner}.zero"];
    }

    private void PutScalar(string name, OnnxElementType type, byte[] content) => Put(name, type, [], stream => stream.Write(content));

    private void Put(string name, float[] values) => Put(name, OnnxElementType.Float, values);

    private void Put<T>(string name, OnnxElementType type, T[] values)
        where T : unmanaged =>
        Put(name, type, [values.Length], stream => stream.Write(MemoryMarshal.AsBytes<T>(values)));

    private void Put(string name, OnnxElementType type, IReadOnlyList<int> sizes, Action<Stream> content) =>
        _initializers[name] = new OnnxInitializer(name, type, sizes, content);

    private delegate void RowWriter(int output, Span<sbyte> row);
}
