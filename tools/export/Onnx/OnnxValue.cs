namespace Export.Onnx;

/// <summary>An input or output of the graph, of float32.</summary>
/// <param name="Name">Name of the value.</param>
/// <param name="Dimensions">Each a number, or a name where the size is free; null leaves the whole shape to the reader.</param>
public sealed record OnnxValue(string Name, IReadOnlyList<string>? Dimensions);
