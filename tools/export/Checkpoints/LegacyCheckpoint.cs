using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Export.Checkpoints;

/// <summary>
/// The layout of torch.save before PyTorch 1.6: magic, version, system, state and key list as pickles, then the storages.
/// </summary>
internal static class LegacyCheckpoint
{
    /// <summary>A pickle of 0x1950a86a20f9469cfc6c, the magic number in torch/serialization.py.</summary>
    public static ReadOnlySpan<byte> Magic => [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];

    /// <summary>Protocol version of torch/serialization.py, in the second and the third pickle.</summary>
    private const long ProtocolVersion = 1001;

    /// <summary>Reads the pickles and finds every tensor; the storages themselves are not read.</summary>
    public static List<CheckpointTensor> ReadTensors(SafeFileHandle file, long length)
    {
        byte[] head = new byte[(int)Math.Min(length, Magic.Length + (4L * PickleReader.MaxBytes))];
        ReadOnlySpan<byte> bytes = head.AsSpan(0, FileReads.Fill(file, head, 0));
        if (!bytes.StartsWith(Magic)) throw new CheckpointException("the magic number is damaged or the file is truncated.");
        int position = Magic.Length;
        if (Next(bytes, ref position) is not ProtocolVersion) throw new CheckpointException("its protocol version is not 1001.");
        CheckSystem(Next(bytes, ref position));
        List<KeyValuePair<string, TensorReference>> tensors = StateDictionary.Find(
            CheckStorages(Next(bytes, ref position), out Dictionary<string, StorageReference> storages));
        object? keys = Next(bytes, ref position);
        Dictionary<string, long> positions = PlaceStorages(file, length, position, keys, storages);
        return [.. tensors.Select(tensor => TensorView.Place(tensor.Key, tensor.Value, positions[tensor.Value.Storage.Key]))];
    }

    private static object? Next(ReadOnlySpan<byte> bytes, ref int position)
    {
        object? value = PickleReader.Read(bytes[position..], out int length);
        position += length;
        return value;
    }

    private static void CheckSystem(object? system)
    {
        if (system is not PickleDictionary facts || facts.Find("protocol_version") is not ProtocolVersion)
            throw new CheckpointException("its system description is not PyTorch's.");
        if (facts.Find("little_endian") is not true)
            throw new CheckpointException("it was written on a big-endian machine, which is not supported.");
    }

    private static object? CheckStorages(object? state, out Dictionary<string, StorageReference> storages)
    {
        storages = StorageInventory.Collect(state);
        return state;
    }

    private static Dictionary<string, long> PlaceStorages(
        SafeFileHandle file, long length, long position, object? keys, Dictionary<string, StorageReference> storages)
    {
        if (keys is not List<object?> list || list.Count != storages.Count)
            throw new CheckpointException($"its key list does not name the {storages.Count} storages that its tensors use.");
        Dictionary<string, long> positions = [];
        Span<byte> count = stackalloc byte[8];
        foreach (object? item in list)
        {
            if (item is not string key || !storages.TryGetValue(key, out StorageReference? storage))
                throw new CheckpointException("its key list names a storage that no tensor uses.");
            if (length - position < 8 || FileReads.Fill(file, count, position) < 8)
                throw new CheckpointException(
                    $"it ends at byte {length:N0}, before storage '{PickleGlobals.Printable(key)}'; the file is truncated.");
            long found = BinaryPrimitives.ReadInt64LittleEndian(count);
            if (found != storage.Count)
                throw new CheckpointException(
                    $"storage '{PickleGlobals.Printable(key)}' has {found} elements where the pickle says {storage.Count}.");
            position += 8;
            if (storage.Bytes > length - position)
                throw new CheckpointException(
                    $"it ends at byte {length:N0}, inside storage '{PickleGlobals.Printable(key)}'; the file is truncated.");
            if (!positions.TryAdd(key, position))
                throw new CheckpointException($"its key list names storage '{PickleGlobals.Printable(key)}' twice.");
            position += storage.Bytes;
        }

        if (position != length) throw new CheckpointException($"{length - position:N0} bytes follow its last storage.");
        return positions;
    }
}
