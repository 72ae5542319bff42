using System.Text;

namespace InferenceApi.Tests.Telemetry;

/// <summary>Just enough of the protobuf wire format to look into what was exported.</summary>
internal readonly struct ProtobufReader(ReadOnlyMemory<byte> bytes)
{
    /// <summary>Every embedded message, string or byte field of a number, in order.</summary>
    public IEnumerable<ProtobufReader> Fields(int number)
    {
        for (ReadOnlyMemory<byte> rest = bytes; rest.Length > 0;)
        {
            ulong key = Varint(ref rest);
            int length = (key & 7) switch
            {
                0 => 0,
                1 => 8,
                5 => 4,
                2 => (int)Varint(ref rest),
                _ => throw new InvalidDataException($"wire type {key & 7}")
            };
            if ((key & 7) == 0) Varint(ref rest);
            if ((key & 7) == 2 && (int)(key >> 3) == number) yield return new ProtobufReader(rest[..length]);
            rest = rest[length..];
        }
    }

    /// <summary>The embedded messages at the end of a path of field numbers.</summary>
    public IEnumerable<ProtobufReader> Path(params int[] numbers) =>
        numbers.Aggregate<int,
            IEnumerable<ProtobufReader>>([this], (messages, number) => messages.SelectMany(message => message.Fields(number)));

    public string Hex() => Convert.ToHexStringLower(bytes.Span);

    public string Text() => Encoding.UTF8.GetString(bytes.Span);

    /// <summary>Attributes (field 9 of a span) that have a text or an integer.</summary>
    public Dictionary<string, string> Attributes(int number) => Fields(number).ToDictionary(
        pair => pair.Fields(1).Single().Text(),
        pair => pair.Fields(2).Single() is var value && value.Fields(1).Any() ? value.Fields(1).Single().Text() : value.Integer(3)
            .ToString(System.Globalization.CultureInfo.InvariantCulture));

    private ulong Integer(int number)
    {
        for (ReadOnlyMemory<byte> rest = bytes; rest.Length > 0;)
        {
            ulong key = Varint(ref rest);
            if ((key & 7) != 0) return 0;
            ulong value = Varint(ref rest);
            if ((int)(key >> 3) == number) return value;
        }

        return 0;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> rest)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = rest.Span[0];
            rest = rest[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }
}
