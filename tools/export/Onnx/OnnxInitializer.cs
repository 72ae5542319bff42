using System.Runtime.InteropServices;

namespace Export.Onnx;

/// <summary>A constant tensor; its content is produced only while the file is written.</summary>
/// <param name="Name">Unique in the graph.</param>
/// <param name="Type">Type of the elements.</param>
/// <param name="Sizes">Sizes, outermost first.</param>
/// <param name="Content">Writes exactly <see cref="Bytes"/> bytes, little-endian, row-major.</param>
public sealed record OnnxInitializer(string Name, OnnxElementType Type, IReadOnlyList<int> Sizes, Action<Stream> Content)
{
    /// <summary>Length of the content.</summary>
    public long Bytes => Sizes.Aggregate(ElementBytes, (product, size) => product * size);

    private long ElementBytes => Type switch
    {
        OnnxElementType.UInt8 or OnnxElementType.Int8 => 1,
        OnnxElementType.Float16 => 2,
        _ => 4,
    };

    /// <summary>All elements of a float32 tensor, in memory.</summary>
    public float[] ReadSingles()
    {
        if (Type != OnnxElementType.Float) throw new InvalidOperationException($"{Name} is {Type}, not float32.");
        byte[] bytes = new byte[Bytes];
        using MemoryStream stream = new(bytes);
        Content(stream);
        return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
    }
}
