using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Export.Checkpoints;

/// <summary>The safetensors layout: a length, a JSON header of names, types, shapes and ranges, then the data without gaps.</summary>
internal static class SafetensorsCheckpoint
{
    /// <summary>The format allows 100 MB; the 4,096 tensors accepted here need less than one.</summary>
    private const int MaxHeaderBytes = 4 << 20;

    /// <summary>Reads the header and finds every tensor; the data is not read.</summary>
    public static List<CheckpointTensor> ReadTensors(SafeFileHandle file, long length)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (FileReads.Fill(file, prefix, 0) < 8) throw new CheckpointException("it is shorter than a safetensors header.");
        ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerBytes > MaxHeaderBytes)
            throw new CheckpointException($"its header claims {headerBytes:N0} bytes; no more than {MaxHeaderBytes:N0} are accepted.");
        if ((long)headerBytes > length - 8) throw new CheckpointException("it ends inside its header; the file is truncated.");
        byte[] header = new byte[headerBytes];
        if (FileReads.Fill(file, header, 8) < header.Length)
            throw new CheckpointException("it ends inside its header; the file is truncated.");
        List<CheckpointTensor> tensors = Parse(header);
        CheckRanges(tensors, 8 + (long)headerBytes, length);
        return tensors;
    }

    private static List<CheckpointTensor> Parse(byte[] header)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8 });
            List<CheckpointTensor> tensors = [];
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals("__metadata__")) continue;
                tensors.Add(Tensor(property.Name, property.Value, 8 + header.Length));
            }

            return tensors;
        }
        catch (Exception exception)
            when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new CheckpointException("its safetensors header is not valid.", exception);
        }
    }

    private static CheckpointTensor Tensor(string name, JsonElement description, long dataStart)
    {
        string shown = PickleGlobals.Printable(name);
        long[] sizes = [.. description.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        long[] range = [.. description.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
        int[] shape = TensorView.Shape(shown, sizes);
        if (shape.Length > 4) throw new CheckpointException($"tensor '{shown}' has {shape.Length} dimensions.");
        ElementType type = TypeOf(shown, description.GetProperty("dtype").GetString());
        long bytes = TensorView.Count(shown, shape) * ElementTypes.SizeOf(type);
        if (range.Length != 2 || range[0] < 0 || range[1] < range[0] || range[1] - range[0] != bytes)
            throw new CheckpointException(
                $"tensor '{shown}' has a range of [{string.Join(", ", range)}] where its shape needs {bytes} bytes.");
        if (range[1] > long.MaxValue - dataStart) throw new CheckpointException($"tensor '{shown}' lies outside the file.");
        return new CheckpointTensor(name, type, shape, null, dataStart + range[0]);
    }

    private static ElementType TypeOf(string name, string? type) => type switch
    {
        "F32" => ElementType.Float32,
        "F64" => ElementType.Float64,
        "F16" => ElementType.Float16,
        "BF16" => ElementType.BFloat16,
        "I64" => ElementType.Int64,
        "I32" => ElementType.Int32,
        "I16" => ElementType.Int16,
        "I8" => ElementType.Int8,
        "U8" => ElementType.UInt8,
        "BOOL" => ElementType.Bool,
        _ => throw new CheckpointException($"tensor '{name}' is of type '{PickleGlobals.Printable(type ?? "")}', which is not supported."),
    };

    private static void CheckRanges(List<CheckpointTensor> tensors, long dataStart, long length)
    {
        long position = dataStart;
        foreach (CheckpointTensor tensor in tensors.OrderBy(tensor => tensor.Position))
        {
            string shown = PickleGlobals.Printable(tensor.Name);
            if (tensor.Position != position) throw new CheckpointException($"tensor '{shown}' leaves a gap or overlaps another.");
            position += tensor.Bytes;
            if (position > length)
                throw new CheckpointException($"it ends at byte {length:N0}, inside tensor '{shown}'; the file is truncated.");
        }

        if (position != length) throw new CheckpointException($"{length - position:N0} bytes follow its last tensor.");
    }
}
