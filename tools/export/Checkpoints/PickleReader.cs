using System.Buffers.Binary;
using System.Text;

namespace Export.Checkpoints;

/// <summary>
/// Reads one pickle (protocol 2) of a state dictionary into plain values: strings, long, double, bool, null, arrays (tuples),
/// lists, <see cref="PickleDictionary"/>, <see cref="TensorReference"/>. Nothing is looked up, imported or called.
/// </summary>
internal ref struct PickleReader
{
    /// <summary>
    /// Longest pickle accepted. The largest published state dictionary takes 60 KB; PyTorch's optimizers multiply that by three.
    /// </summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Bound on stack and memo: far above the 4,182 entries of a 101-layer network.</summary>
    private const int MaxEntries = 1 << 17;

    private static readonly object Mark = new();
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly List<object?> _stack = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _position;

    private PickleReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Reads the pickle at the beginning of the bytes.</summary>
    /// <param name="bytes">The pickle and whatever follows it.</param>
    /// <param name="length">Bytes the pickle took.</param>
    /// <exception cref="CheckpointException">Truncated, malformed, too long, or with something that is not allowed.</exception>
    public static object? Read(ReadOnlySpan<byte> bytes, out int length)
    {
        PickleReader reader = new(bytes[..Math.Min(bytes.Length, MaxBytes)]);
        object? value = reader.Run();
        length = reader._position;
        return value;
    }

    private object? Run()
    {
        while (true)
        {
            int at = _position;
            PickleOpcode opcode = (PickleOpcode)Take(1)[0];
            if (opcode == PickleOpcode.Stop) break;
            if (!Values(opcode) && !Containers(opcode) && !Objects(opcode))
                throw new CheckpointException(
                    $"opcode 0x{(byte)opcode:x2} at byte {at} of a pickle does not belong into a state dictionary.");
            if (_stack.Count > MaxEntries || _memo.Count > MaxEntries)
                throw new CheckpointException($"a pickle holds more than {MaxEntries} values.");
        }

        if (_stack.Count != 1) throw new CheckpointException($"a pickle leaves {_stack.Count} objects where it must leave one.");
        return Pop();
    }

    private bool Values(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Protocol:
                int protocol = Take(1)[0];
                if (protocol != 2)
                    throw new CheckpointException($"pickle protocol {protocol} is not supported; PyTorch writes protocol 2.");
                return true;
            case PickleOpcode.None: Push(null); return true;
            case PickleOpcode.NewTrue: Push(true); return true;
            case PickleOpcode.NewFalse: Push(false); return true;
            case PickleOpcode.BinInt: Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); return true;
            case PickleOpcode.BinInt1: Push((long)Take(1)[0]); return true;
            case PickleOpcode.BinInt2: Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); return true;
            case PickleOpcode.Long1: Push(ReadLong(Take(Take(1)[0]))); return true;
            case PickleOpcode.BinFloat: Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); return true;
            case PickleOpcode.BinUnicode: Push(ReadText(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); return true;
            case PickleOpcode.BinPut: _memo[Take(1)[0]] = Peek(); return true;
            case PickleOpcode.LongBinPut: _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Peek(); return true;
            case PickleOpcode.BinGet: Push(Recall(Take(1)[0])); return true;
            case PickleOpcode.LongBinGet: Push(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); return true;
            default: return false;
        }
    }

    private bool Containers(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark: Push(Mark); return true;
            case PickleOpcode.EmptyTuple: Push(Array.Empty<object?>()); return true;
            case PickleOpcode.EmptyList: Push(new List<object?>()); return true;
            case PickleOpcode.EmptyDict: Push(new PickleDictionary(ordered: false)); return true;
            case PickleOpcode.Tuple: Push(PopToMark()); return true;
            case PickleOpcode.Tuple1: Push(PopLast(1)); return true;
            case PickleOpcode.Tuple2: Push(PopLast(2)); return true;
            case PickleOpcode.Tuple3: Push(PopLast(3)); return true;
            case PickleOpcode.Append: AppendTo(PopLast(1)); return true;
            case PickleOpcode.Appends: AppendTo(PopToMark()); return true;
            case PickleOpcode.SetItem: SetItems(PopLast(2)); return true;
            case PickleOpcode.SetItems: SetItems(PopToMark()); return true;
            default: return false;
        }
    }

    private bool Objects(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Global:
                string module = ReadLine();
                Push(PickleGlobals.Find(module, ReadLine()));
                return true;
            case PickleOpcode.BinPersistentId: Push(PickleObjects.Storage(Pop())); return true;
            case PickleOpcode.Reduce:
                object? arguments = Pop();
                Push(PickleObjects.Reduce(Pop(), arguments));
                return true;
            case PickleOpcode.Build:
                object? state = Pop();
                if (state is not PickleDictionary || Peek() is not PickleDictionary { Ordered: true })
                    throw new CheckpointException("a pickle sets the state of something other than an OrderedDict.");
                return true;
            default: return false;
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _position)
        {
            throw new CheckpointException(_bytes.Length == MaxBytes
                ? $"a pickle is longer than {MaxBytes:N0} bytes."
                : "it ends in the middle of a pickle; the file is truncated.");
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(_position, count);
        _position += count;
        return taken;
    }

    private string ReadText(uint length)
    {
        if (length > MaxBytes) throw new CheckpointException($"a pickle holds a string of {length:N0} bytes.");
        return Decode(Take((int)length));
    }

    private string ReadLine()
    {
        int length = _bytes[_position..].IndexOf((byte)'\n');
        if (length is < 0 or > 256) throw new CheckpointException("it ends in the middle of a pickle, or a global's name is not a name.");
        string line = Decode(Take(length));
        _position++;
        return line;
    }

    private static string Decode(ReadOnlySpan<byte> text)
    {
        try
        {
            return StrictUtf8.GetString(text);
        }
        catch (DecoderFallbackException exception)
        {
            throw new CheckpointException("a string of a pickle is not UTF-8.", exception);
        }
    }

    private static long ReadLong(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 8) throw new CheckpointException($"a pickle holds an integer of {bytes.Length} bytes.");
        long value = 0;
        for (int index = bytes.Length - 1; index >= 0; index--) value = (value << 8) | bytes[index];
        int unused = 64 - (8 * bytes.Length);
        return bytes.Length == 0 ? 0 : value << unused >> unused;
    }

    private readonly void Push(object? value) => _stack.Add(value);

    private readonly object? Peek() => _stack.Count > 0 ? _stack[^1] : throw Underflow();

    private readonly object? Pop()
    {
        object? value = Peek();
        if (ReferenceEquals(value, Mark)) throw Underflow();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private readonly object?[] PopLast(int count)
    {
        object?[] values = new object?[count];
        for (int index = count - 1; index >= 0; index--) values[index] = Pop();
        return values;
    }

    private readonly object?[] PopToMark()
    {
        int mark = _stack.LastIndexOf(Mark);
        if (mark < 0) throw Underflow();
        object?[] values = [.. _stack[(mark + 1)..]];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return values;
    }

    private readonly object? Recall(uint index) =>
        _memo.TryGetValue(index, out object? value)
            ? value
            : throw new CheckpointException($"a pickle recalls memo entry {index}, which was never written.");

    private readonly void AppendTo(object?[] values)
    {
        if (Peek() is not List<object?> list) throw new CheckpointException("a pickle appends to something other than a list.");
        list.AddRange(values);
    }

    private readonly void SetItems(object?[] values)
    {
        if (Peek() is not PickleDictionary dictionary || values.Length % 2 != 0)
            throw new CheckpointException("a pickle sets items of something other than a dictionary.");
        for (int index = 0; index < values.Length; index += 2)
        {
            if (values[index] is not (string or long))
                throw new CheckpointException("a dictionary of a pickle has a key that is neither text nor number.");
            dictionary.Items.Add(new(values[index]!, values[index + 1])); // The pattern above excludes null.
        }
    }

    private static CheckpointException Underflow() => new("a pickle takes more values from its stack than it put there.");
}
