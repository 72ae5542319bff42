namespace Export.Onnx;

/// <summary>A graph and what is written about it.</summary>
/// <param name="Graph">The network.</param>
/// <param name="Producer">Name of the tool that made it.</param>
/// <param name="ProducerVersion">Its version.</param>
/// <param name="Metadata">Keys and values of metadata_props, in the order they are written.</param>
public sealed record OnnxFile(
    OnnxGraph Graph, string Producer, string ProducerVersion, IReadOnlyList<KeyValuePair<string, string>> Metadata);
