using Microsoft.Win32.SafeHandles;

namespace Export.Checkpoints;

/// <summary>The layout of torch.save since PyTorch 1.6: one top folder with data.pkl and one entry per storage under data/.</summary>
internal static class ZipCheckpoint
{
    /// <summary>Local file header, the first bytes of every archive that has an entry.</summary>
    public static ReadOnlySpan<byte> Magic => "PK\u0003\u0004"u8;

    /// <summary>Reads the directory and the pickle and finds every tensor; the storages themselves are not read.</summary>
    public static List<CheckpointTensor> ReadTensors(SafeFileHandle file, long length)
    {
        List<ZipEntry> entries = ZipDirectory.Read(file, length);
        string top = TopFolder(entries);
        Dictionary<string, ZipEntry> byName = entries.ToDictionary(entry => entry.Name[top.Length..]);
        if (byName.ContainsKey("constants.pkl")) throw ZipDirectory.TorchScript();
        if (byName.TryGetValue("byteorder", out ZipEntry? order) && ReadSmall(file, order, 16) is not [(byte)'l', ..])
            throw new CheckpointException("it was written on a big-endian machine, which is not supported.");
        if (!byName.TryGetValue("data.pkl", out ZipEntry? pickle)) throw new CheckpointException("its zip archive has no data.pkl.");

        object? state = PickleReader.Read(ReadSmall(file, pickle, PickleReader.MaxBytes), out int read);
        if (read != pickle.Bytes) throw new CheckpointException($"{pickle.Bytes - read:N0} bytes follow the pickle in data.pkl.");
        Dictionary<string, StorageReference> storages = StorageInventory.Collect(state);
        CheckStorages(byName, storages);
        return
        [
            .. StateDictionary.Find(state)
                .Select(tensor => TensorView.Place(tensor.Key, tensor.Value, byName["data/" + tensor.Value.Storage.Key].Position)),
        ];
    }

    private static string TopFolder(List<ZipEntry> entries)
    {
        string? first = entries.FirstOrDefault()?.Name;
        string top = first?[..(first.IndexOf('/') + 1)] ?? "";
        if (top.Length == 0 || entries.Exists(entry => !entry.Name.StartsWith(top, StringComparison.Ordinal)))
            throw new CheckpointException("its zip archive does not have one top folder, as PyTorch's have.");
        return top;
    }

    private static void CheckStorages(Dictionary<string, ZipEntry> entries, Dictionary<string, StorageReference> storages)
    {
        foreach (StorageReference storage in storages.Values)
        {
            string key = PickleGlobals.Printable(storage.Key);
            if (!entries.TryGetValue("data/" + storage.Key, out ZipEntry? entry))
                throw new CheckpointException($"storage '{key}' has no entry in its zip archive.");
            if (entry.Bytes != storage.Bytes)
                throw new CheckpointException($"storage '{key}' has {entry.Bytes} bytes where the pickle says {storage.Bytes}.");
        }

        string? unused = entries.Keys.FirstOrDefault(name =>
            name.StartsWith("data/", StringComparison.Ordinal) && name.Length > 5 && !storages.ContainsKey(name[5..]));
        if (unused is not null)
            throw new CheckpointException($"entry '{PickleGlobals.Printable(unused)}' is a storage that no tensor uses.");
    }

    private static byte[] ReadSmall(SafeFileHandle file, ZipEntry entry, int limit)
    {
        if (entry.Bytes > limit)
            throw new CheckpointException($"entry '{PickleGlobals.Printable(entry.Name)}' is longer than {limit:N0} bytes.");
        byte[] content = new byte[entry.Bytes];
        if (FileReads.Fill(file, content, entry.Position) < content.Length) throw new CheckpointException("the file is truncated.");
        return content;
    }
}
