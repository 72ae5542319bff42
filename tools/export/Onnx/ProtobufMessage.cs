using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Export.Onnx;

/// <summary>A small protobuf message under construction; see protobuf.dev/programming-guides/encoding.</summary>
internal sealed class ProtobufMessage
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>A varint field.</summary>
    public ProtobufMessage Integer(int field, long value)
    {
        Varint((ulong)field << 3);
        return Varint((ulong)value);
    }

    /// <summary>A float field.</summary>
    public ProtobufMessage Number(int field, float value)
    {
        Varint(((ulong)field << 3) | 5);
        BinaryPrimitives.WriteSingleLittleEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
        return this;
    }

    /// <summary>A string field.</summary>
    public ProtobufMessage Text(int field, string value) => Raw(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A nested message.</summary>
    public ProtobufMessage Message(int field, ProtobufMessage message) => Raw(field, message.Bytes);

    /// <summary>Tag and length of a field whose bytes follow elsewhere.</summary>
    public ProtobufMessage Header(int field, long length)
    {
        Varint(((ulong)field << 3) | 2);
        return Varint((ulong)length);
    }

    /// <summary>Another message's fields, not nested.</summary>
    public ProtobufMessage Append(ProtobufMessage fields)
    {
        _bytes.Write(fields.Bytes);
        return this;
    }

    private ProtobufMessage Raw(int field, ReadOnlySpan<byte> content)
    {
        Header(field, content.Length);
        _bytes.Write(content);
        return this;
    }

    private ProtobufMessage Varint(ulong value)
    {
        Span<byte> span = _bytes.GetSpan(10);
        int length = 0;
        for (; value >= 0x80; value >>= 7) span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        _bytes.Advance(length);
        return this;
    }
}
