namespace InferenceApi.Runtime.GraphCache;

/// <summary>
/// Reads the wire format of Protocol Buffers in place. Every length is checked against what is left, so a damaged message is an
/// <see cref="InvalidDataException"/> and nothing else.
/// </summary>
/// <param name="message">One whole message, without a length in front.</param>
internal ref struct WireReader(ReadOnlySpan<byte> message)
{
    /// <summary>Wire types of the format's specification; groups (3 and 4) are obsolete and refused.</summary>
    public const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    private ReadOnlySpan<byte> _rest = message;

    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>The next field's number and wire type; false at the end of the message.</summary>
    public bool TryReadField(out int field, out int wireType)
    {
        (field, wireType) = (0, 0);
        if (AtEnd) return false;
        ulong tag = ReadVarint();
        if (tag > uint.MaxValue) throw Damaged();
        (field, wireType) = ((int)(tag >> 3), (int)(tag & 7));
        return true;
    }

    /// <summary>Up to ten bytes, seven bits each, lowest first.</summary>
    public ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        throw Damaged();
    }

    /// <summary>A string, bytes or an embedded message.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        ulong length = ReadVarint();
        return length <= (ulong)_rest.Length ? Take((int)length) : throw Damaged();
    }

    public void Skip(int wireType)
    {
        switch (wireType)
        {
            case Varint: ReadVarint(); break;
            case Fixed64: Take(sizeof(ulong)); break;
            case Bytes: ReadBytes(); break;
            case Fixed32: Take(sizeof(uint)); break;
            default: throw Damaged();
        }
    }

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if (bytes > _rest.Length) throw Damaged();
        ReadOnlySpan<byte> taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return taken;
    }

    private static InvalidDataException Damaged() => new("it is no valid Protocol Buffers message");
}
