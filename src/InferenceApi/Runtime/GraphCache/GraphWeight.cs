using System.Globalization;
using System.Text;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace InferenceApi.Runtime.GraphCache;

/// <summary>One initialiser of an ONNX graph whose values lie in a file beside it.</summary>
/// <param name="Name">Of the initialiser.</param>
/// <param name="Type">Float or Float16: what networks of this service are made of.</param>
/// <param name="Shape">Sizes of its dimensions; with the type they give <paramref name="Bytes"/>.</param>
/// <param name="Location">Name of the file that has the values, as the graph says it.</param>
/// <param name="Offset">Of its first value in that file; not negative.</param>
/// <param name="Bytes">Length of its values, little-endian, row by row.</param>
internal sealed record GraphWeight(string Name, TensorElementType Type, long[] Shape, string Location, long Offset, long Bytes)
{
    // Field numbers of onnx.proto: ModelProto.graph, GraphProto.initializer, then TensorProto's and StringStringEntryProto's.
    private const int Graph = 7, Initializer = 5;
    private const int Dims = 1, DataType = 2, NameField = 8, ExternalData = 13;
    private const int Key = 1, Value = 2;

    /// <summary>The initialisers of a model whose values lie in a file beside it; ONNX Runtime reads those of other types itself.</summary>
    /// <param name="model">A serialised ModelProto.</param>
    /// <exception cref="InvalidDataException">It is no ModelProto, or the description of a tensor contradicts itself.</exception>
    public static IReadOnlyList<GraphWeight> FindIn(ReadOnlySpan<byte> model)
    {
        var found = new List<GraphWeight>();
        var fields = new WireReader(model);
        while (fields.TryReadField(out int field, out int wireType))
        {
            if ((field, wireType) != (Graph, WireReader.Bytes)) fields.Skip(wireType);
            else FindInGraph(fields.ReadBytes(), found);
        }

        return found;
    }

    private static void FindInGraph(ReadOnlySpan<byte> graph, List<GraphWeight> found)
    {
        var fields = new WireReader(graph);
        while (fields.TryReadField(out int field, out int wireType))
        {
            if ((field, wireType) != (Initializer, WireReader.Bytes)) fields.Skip(wireType);
            else if (Read(fields.ReadBytes()) is { } weight) found.Add(weight);
        }
    }

    /// <summary>Null where its values are inside the graph, or of another type.</summary>
    private static GraphWeight? Read(ReadOnlySpan<byte> tensor)
    {
        string name = "";
        var shape = new List<long>();
        var external = new Dictionary<string, string>();
        ulong type = 0;
        var fields = new WireReader(tensor);
        while (fields.TryReadField(out int field, out int wireType))
        {
            switch (field, wireType)
            {
                case (Dims, WireReader.Varint): shape.Add((long)fields.ReadVarint()); break;
                case (Dims, WireReader.Bytes): ReadPacked(fields.ReadBytes(), shape); break;
                case (DataType, WireReader.Varint): type = fields.ReadVarint(); break;
                case (NameField, WireReader.Bytes): name = Encoding.UTF8.GetString(fields.ReadBytes()); break;
                case (ExternalData, WireReader.Bytes): ReadEntry(fields.ReadBytes(), external); break;
                default: fields.Skip(wireType); break;
            }
        }

        if (external.Count == 0 || type is not ((ulong)TensorElementType.Float or (ulong)TensorElementType.Float16)) return null;
        long expected = type == (ulong)TensorElementType.Float ? sizeof(float) : sizeof(ushort);
        foreach (long dimension in shape)
        {
            if (dimension <= 0 || expected > long.MaxValue / dimension)
                throw new InvalidDataException($"the shape of {name} is impossible");
            expected *= dimension;
        }

        (long offset, long bytes) = (Number(external, "offset", 0), Number(external, "length", expected));
        return bytes == expected
            ? new GraphWeight(name, (TensorElementType)type, [.. shape], external.GetValueOrDefault("location", ""), offset, bytes)
            : throw new InvalidDataException($"{name} has {bytes} bytes where its shape asks for {expected}");
    }

    private static void ReadPacked(ReadOnlySpan<byte> numbers, List<long> shape)
    {
        var packed = new WireReader(numbers);
        while (!packed.AtEnd) shape.Add((long)packed.ReadVarint());
    }

    private static void ReadEntry(ReadOnlySpan<byte> entry, Dictionary<string, string> entries)
    {
        (string key, string value) = ("", "");
        var fields = new WireReader(entry);
        while (fields.TryReadField(out int field, out int wireType))
        {
            if ((field, wireType) == (Key, WireReader.Bytes)) key = Encoding.UTF8.GetString(fields.ReadBytes());
            else if ((field, wireType) == (Value, WireReader.Bytes)) value = Encoding.UTF8.GetString(fields.ReadBytes());
            else fields.Skip(wireType);
        }

        entries[key] = value;
    }

    private static long Number(Dictionary<string, string> external, string key, long absent)
    {
        if (!external.TryGetValue(key, out string? text)) return absent;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new InvalidDataException($"'{text}' is no {key}");
    }
}
