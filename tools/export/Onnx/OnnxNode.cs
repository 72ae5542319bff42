namespace Export.Onnx;

/// <summary>One operation.</summary>
/// <param name="Type">Operator of the default domain, for example "Conv".</param>
/// <param name="Name">Unique in the graph; shown by profilers.</param>
/// <param name="Inputs">Names of values and initializers.</param>
/// <param name="Output">Name of the value it makes.</param>
/// <param name="Attributes">In alphabetical order, as exporters write them.</param>
public sealed record OnnxNode(
    string Type, string Name, IReadOnlyList<string> Inputs, string Output, IReadOnlyList<OnnxAttribute> Attributes);
