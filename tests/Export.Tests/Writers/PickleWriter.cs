using System.Buffers.Binary;
using System.Text;

namespace Export.Tests.Writers;

/// <summary>Writes pickles byte for byte as Python's C pickler does with protocol 2, memo numbers included.</summary>
internal sealed class PickleWriter
{
    private readonly List<byte> _bytes = [];
    private readonly Dictionary<string, int> _memo = [];
    private int _next;

    public PickleWriter() => Raw(0x80, 2);

    public PickleWriter Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleWriter Op(char opcode) => Raw((byte)opcode);

    /// <summary>BINPUT or LONG_BINPUT of the next memo number.</summary>
    public PickleWriter Put(string? remember = null)
    {
        if (remember is not null) _memo[remember] = _next;
        return Indexed('q', 'r', _next++);
    }

    public PickleWriter NewText(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Op('X').Raw(Bytes(utf8.Length)).Raw(utf8);
        return this;
    }

    /// <summary>A string object that occurs again: stored once, recalled afterwards.</summary>
    public PickleWriter SharedText(string text) =>
        _memo.TryGetValue(text, out int index) ? Indexed('h', 'j', index) : NewText(text).Put(text);

    public PickleWriter Global(string module, string name)
    {
        string key = module + " " + name;
        if (_memo.TryGetValue(key, out int index)) return Indexed('h', 'j', index);
        return Op('c').Raw(Encoding.UTF8.GetBytes($"{module}\n{name}\n")).Put(key);
    }

    public PickleWriter Integer(long value) => value switch
    {
        >= 0 and < 256 => Op('K').Raw((byte)value),
        >= 0 and < 65_536 => Op('M').Raw((byte)value, (byte)(value >> 8)),
        >= int.MinValue and <= int.MaxValue => Op('J').Raw(Bytes((int)value)),
        _ => Raw(0x8a, 8).Raw(Bytes(value)),
    };

    public PickleWriter Tuple(params long[] values)
    {
        if (values.Length == 0) return Op(')');
        if (values.Length > 3) Op('(');
        foreach (long value in values) Integer(value);
        return values.Length > 3 ? Op('t').Put() : Raw((byte)(0x84 + values.Length)).Put();
    }

    public PickleWriter EmptyOrderedDict() => Global("collections", "OrderedDict").Op(')').Op('R').Put();

    public byte[] Stop() => [.. Op('.')._bytes];

    private PickleWriter Indexed(char small, char large, int index) =>
        index < 256 ? Op(small).Raw((byte)index) : Op(large).Raw(Bytes(index));

    private static byte[] Bytes(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Bytes(long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }
}
