using System.Globalization;

namespace Export.Onnx;

/// <summary>
/// Writes an ONNX file in two passes: the first builds everything but the weights and so knows every length, the second copies the
/// weights through. Memory is that of one piece of a tensor; equal inputs give equal bytes. Field numbers are onnx.proto3's.
/// </summary>
public sealed class OnnxWriter
{
    /// <summary>
    /// IR 8 and opset 17 belong together (ONNX 1.12). Later operator versions add nothing here, and some lack GPU kernels in ONNX
    /// Runtime, which then silently falls back to the CPU.
    /// </summary>
    private const int IrVersion = 8, Opset = 17;

    private readonly ProtobufMessage _head = new();
    private readonly ProtobufMessage _graphHead = new();
    private readonly ProtobufMessage _graphTail = new();
    private readonly ProtobufMessage _tail = new();
    private readonly List<(ProtobufMessage Header, OnnxInitializer Tensor)> _tensors = [];

    /// <summary>The first pass.</summary>
    /// <exception cref="OnnxTooLargeException">The file would be longer than protobuf can express.</exception>
    public OnnxWriter(OnnxFile model)
    {
        OnnxGraph graph = model.Graph;
        foreach (OnnxNode node in graph.Nodes) _graphHead.Message(1, Node(node));
        _graphHead.Text(2, graph.Name);
        foreach (OnnxInitializer tensor in graph.Initializers) _tensors.Add((InitializerHeader(tensor), tensor));
        _graphTail.Message(11, Value(graph.Input)).Message(12, Value(graph.Output));
        foreach (string probe in graph.Probes) _graphTail.Message(12, Value(new OnnxValue(probe, null)));

        long tensorBytes = _tensors.Sum(tensor => tensor.Header.Bytes.Length + tensor.Tensor.Bytes);
        long graphBytes = _graphHead.Bytes.Length + tensorBytes + _graphTail.Bytes.Length;
        _head.Integer(1, IrVersion).Text(2, model.Producer).Text(3, model.ProducerVersion).Header(7, graphBytes);
        _tail.Message(8, new ProtobufMessage().Text(1, "").Integer(2, Opset));
        foreach ((string key, string value) in model.Metadata) _tail.Message(14, new ProtobufMessage().Text(1, key).Text(2, value));
        Bytes = _head.Bytes.Length + graphBytes + _tail.Bytes.Length;
        if (Bytes > int.MaxValue)
        {
            throw new OnnxTooLargeException(
                $"{graph.Name} would be an ONNX file of {Bytes:N0} bytes; a protobuf message ends at {int.MaxValue:N0}, " +
                "so it cannot be written in float32 as one file.");
        }
    }

    /// <summary>Length of the file to be written.</summary>
    public long Bytes { get; }

    /// <summary>The second pass.</summary>
    /// <param name="destination">Written from its position on.</param>
    /// <param name="progress">Receives the number of bytes written, after every tensor.</param>
    /// <param name="cancel">Checked between tensors.</param>
    public void Write(Stream destination, IProgress<long>? progress = null, CancellationToken cancel = default)
    {
        destination.Write(_head.Bytes);
        destination.Write(_graphHead.Bytes);
        long written = _head.Bytes.Length + _graphHead.Bytes.Length;
        foreach ((ProtobufMessage header, OnnxInitializer tensor) in _tensors)
        {
            cancel.ThrowIfCancellationRequested();
            destination.Write(header.Bytes);
            tensor.Content(destination);
            written += header.Bytes.Length + tensor.Bytes;
            progress?.Report(written);
        }

        destination.Write(_graphTail.Bytes);
        destination.Write(_tail.Bytes);
        progress?.Report(Bytes);
    }

    private static ProtobufMessage Node(OnnxNode node)
    {
        ProtobufMessage message = new();
        foreach (string input in node.Inputs) message.Text(1, input);
        message.Text(2, node.Output).Text(3, node.Name).Text(4, node.Type);
        foreach (OnnxAttribute attribute in node.Attributes) message.Message(5, Attribute(attribute));
        return message;
    }

    private static ProtobufMessage Attribute(OnnxAttribute attribute)
    {
        const int FloatKind = 1, IntegerKind = 2, IntegersKind = 7;
        ProtobufMessage message = new ProtobufMessage().Text(1, attribute.Name);
        if (attribute.Fraction is { } number) return message.Number(2, number).Integer(20, FloatKind);
        if (attribute.Value is { } value) return message.Integer(3, value).Integer(20, IntegerKind);
        foreach (long integer in attribute.Integers ?? []) message.Integer(8, integer);
        return message.Integer(20, IntegersKind);
    }

    private static ProtobufMessage InitializerHeader(OnnxInitializer tensor)
    {
        ProtobufMessage fields = new();
        foreach (int size in tensor.Sizes) fields.Integer(1, size);
        fields.Integer(2, (int)tensor.Type).Text(8, tensor.Name).Header(9, tensor.Bytes);
        ProtobufMessage header = new ProtobufMessage().Header(5, fields.Bytes.Length + tensor.Bytes);
        return header.Append(fields);
    }

    private static ProtobufMessage Value(OnnxValue value)
    {
        ProtobufMessage tensor = new ProtobufMessage().Integer(1, (int)OnnxElementType.Float);
        if (value.Dimensions is not null) tensor.Message(2, Shape(value.Dimensions));
        return new ProtobufMessage().Text(1, value.Name).Message(2, new ProtobufMessage().Message(1, tensor));
    }

    private static ProtobufMessage Shape(IReadOnlyList<string> dimensions)
    {
        ProtobufMessage shape = new();
        foreach (string dimension in dimensions)
        {
            bool known = long.TryParse(dimension, NumberStyles.None, CultureInfo.InvariantCulture, out long size);
            shape.Message(1, known ? new ProtobufMessage().Integer(1, size) : new ProtobufMessage().Text(2, dimension));
        }

        return shape;
    }
}
