namespace Export.Onnx;

/// <summary>A constant tensor; its content is produced only while the file is written.</summary>
/// <param name="Name">Unique in the graph.</param>
/// <param name="Type">Type of the elements.</param>
/// <param name="Sizes">Sizes, outermost first.</param>
/// <param name="Content">Writes exactly <see cref="Bytes"/> bytes, little-endian, row-major.</param>
public sealed record OnnxInitializer(string Name, OnnxElementType Type, IReadOnlyList<int> Sizes, Action<Stream> Content)
{
    /// <summary>Length of the content.</summary>
    public long Bytes => Sizes.Aggregate(Type == OnnxElementType.Float ? 4L : 2L, (product, size) => product * size);
}
