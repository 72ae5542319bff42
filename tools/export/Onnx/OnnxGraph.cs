namespace Export.Onnx;

/// <summary>A network of one input and one output.</summary>
/// <param name="Name">Name of the graph.</param>
/// <param name="Nodes">In an order in which they can be computed.</param>
/// <param name="Initializers">The weights.</param>
/// <param name="Input">Name of the input.</param>
/// <param name="Output">Name of the output.</param>
public sealed record OnnxGraph(
    string Name, IReadOnlyList<OnnxNode> Nodes, IReadOnlyList<OnnxInitializer> Initializers, OnnxValue Input, OnnxValue Output)
{
    /// <summary>Inner float32 values that are also outputs of the file, for measurements.</summary>
    public IReadOnlyList<string> Probes { get; init; } = [];
}
