using Export.Onnx;

namespace Export.Quantization;

/// <summary>Which values of a float32 graph are held in bytes, and with whose scale.</summary>
internal sealed class QuantizationPoints
{
    private readonly OnnxGraph _graph;
    private readonly Dictionary<string, OnnxInitializer> _initializers;
    private readonly ILookup<string, OnnxNode> _readers;
    private readonly Dictionary<string, OnnxNode> _makers;

    public QuantizationPoints(OnnxGraph graph)
    {
        _graph = graph;
        _initializers = graph.Initializers.ToDictionary(tensor => tensor.Name);
        _makers = graph.Nodes.ToDictionary(node => node.Output);
        _readers = graph.Nodes.SelectMany(
            node => node.Inputs, (node, input) => (node, input)).ToLookup(pair => pair.input, pair => pair.node);
        Layers = [.. graph.Nodes.Where(node => node.Type is "Conv" or "Gemm")];
        Measured = [.. graph.Nodes.Where(IsMeasured).Select(node => node.Output)];
    }

    /// <summary>The nodes with weights, in order.</summary>
    public IReadOnlyList<OnnxNode> Layers { get; }

    /// <summary>
    /// Values that get a scale of their own from measured ranges: every Relu's and the average pool's output, and convolutions without
    /// a Relu of their own, which end in an addition.
    /// </summary>
    public IReadOnlyList<string> Measured { get; }

    /// <summary>All inner values that calibration measures: the measured ones and the inputs of layers.</summary>
    public IReadOnlyList<string> Probes =>
        [.. Measured.Union(Layers.Select(layer => layer.Inputs[0])).Where(value => value != _graph.Input.Name)];

    /// <summary>Whether a value is the network's input.</summary>
    public bool IsInput(string value) => value == _graph.Input.Name;

    /// <summary>The Relu that alone reads a value, or null.</summary>
    public OnnxNode? ReluBehind(string value) =>
        _readers[value].Count() == 1 && _readers[value].Single() is { Type: "Relu" } relu ? relu : null;

    /// <summary>The value whose scale another has: pooling and flattening change no scale.</summary>
    public string ScaleOwner(string value) =>
        _makers.TryGetValue(value, out OnnxNode? maker) && maker.Type is "MaxPool" or "Flatten" ? ScaleOwner(maker!.Inputs[0]) : value;

    /// <summary>A layer's weights.</summary>
    public OnnxInitializer Weights(OnnxNode layer) => _initializers[layer.Inputs[1]];

    /// <summary>A layer's sizes.</summary>
    public LayerShape Shape(OnnxNode layer) => LayerShape.Of(layer, Weights(layer));

    /// <summary>A layer's bias.</summary>
    public OnnxInitializer Bias(OnnxNode layer) => _initializers[layer.Inputs[2]];

    private bool IsMeasured(OnnxNode node) =>
        node.Type is "Relu" or "GlobalAveragePool" || (node.Type == "Conv" && ReluBehind(node.Output) is null);
}
