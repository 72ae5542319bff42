using System.Buffers.Binary;

namespace Export.Tests.Writers;

/// <summary>Writes the layout of torch.save before PyTorch 1.6, right or wrong.</summary>
internal static class LegacyFile
{
    public static byte[] Magic { get; } = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];

    /// <summary>Header of five pickles.</summary>
    public static byte[] Header(byte[] state, IEnumerable<string> keys, bool littleEndian = true) =>
        [.. Magic, .. new PickleWriter().Integer(1001).Stop(), .. System(littleEndian), .. state, .. Keys(keys)];

    /// <summary>A whole file with the storages' bytes given by key.</summary>
    public static byte[] Write(byte[] state, IReadOnlyList<(string Key, long Count, byte[] Content)> storages, bool littleEndian = true)
    {
        using MemoryStream file = new();
        file.Write(Header(state, storages.Select(storage => storage.Key), littleEndian));
        foreach ((_, long count, byte[] content) in storages)
        {
            file.Write(Count(count));
            file.Write(content);
        }

        return file.ToArray();
    }

    public static byte[] Count(long count)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, count);
        return bytes;
    }

    private static byte[] System(bool littleEndian) => new PickleWriter()
        .Op('}').Put().Op('(')
        .NewText("protocol_version").Put().Integer(1001)
        .NewText("little_endian").Put().Raw((byte)(littleEndian ? 0x88 : 0x89))
        .NewText("type_sizes").Put().Op('}').Put().Op('(')
        .NewText("short").Put().Integer(2).NewText("int").Put().Integer(4).NewText("long").Put().Integer(4)
        .Op('u').Op('u').Stop();

    private static byte[] Keys(IEnumerable<string> keys)
    {
        PickleWriter pickle = new PickleWriter().Op(']').Put().Op('(');
        foreach (string key in keys) pickle.NewText(key).Put();
        return pickle.Op('e').Stop();
    }
}
