namespace Export.Onnx;

/// <summary>A network of one input and one output.</summary>
/// <param name="Name">Name of the graph.</param>
/// <param name="Nodes">In an order in which they can be computed.</param>
/// <param name="Initializers">The weights.</param>
/// <param name="Input">What it reads.</param>
/// <param name="Output">What it makes.</param>
public sealed record OnnxGraph(
    string Name, IReadOnlyList<OnnxNode> Nodes, IReadOnlyList<OnnxInitializer> Initializers, OnnxValue Input, OnnxValue Output)
{
    /// <summary>Inner float32 values that the file offers as outputs too, for whoever measures them.</summary>
    public IReadOnlyList<string> Probes { get; init; } = [];
}
