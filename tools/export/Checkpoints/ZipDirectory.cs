using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Export.Checkpoints;

/// <summary>
/// The entries of a zip archive as PyTorch writes it: stored, sizes only in the central directory, ZIP64. Anything else is refused.
/// Offsets are needed, so that tensors can be read from the file in pieces; that is why this is not System.IO.Compression.
/// </summary>
internal static class ZipDirectory
{
    private const uint EndSignature = 0x06054b50, End64Signature = 0x06064b50, Locator64Signature = 0x07064b50;
    private const uint CentralSignature = 0x02014b50, LocalSignature = 0x04034b50;
    private const int EndLength = 22, Locator64Length = 20, End64Length = 56, CentralLength = 46, LocalLength = 30;

    /// <summary>Largest directory read: 4,096 storages with names of 100 bytes need a quarter of it.</summary>
    private const int MaxDirectoryBytes = 4 << 20;

    /// <summary>Reads the directory and places every entry.</summary>
    /// <exception cref="CheckpointException">Truncated, compressed, encrypted, unsafe names, entries that overlap.</exception>
    public static List<ZipEntry> Read(SafeFileHandle file, long length)
    {
        (long start, long bytes) = FindDirectory(file, length);
        if (start < 0 || bytes is < 0 or > MaxDirectoryBytes || start > length - bytes)
            throw Damaged("its central directory lies outside the file");
        byte[] directory = new byte[bytes];
        if (FileReads.Fill(file, directory, start) < bytes) throw Damaged("its central directory is cut off");

        List<ZipEntry> entries = [];
        HashSet<string> names = [];
        for (int position = 0; position < directory.Length;)
        {
            ZipEntry entry = ReadEntry(file, directory, start, ref position);
            if (!names.Add(entry.Name)) throw Damaged($"it holds '{PickleGlobals.Printable(entry.Name)}' twice");
            entries.Add(entry);
        }

        CheckOverlaps(entries);
        return entries;
    }

    private static (long Start, long Bytes) FindDirectory(SafeFileHandle file, long length)
    {
        // The end record is followed by a comment of up to 65,535 bytes; PyTorch writes none.
        byte[] tail = new byte[(int)Math.Min(length, EndLength + 65_535)];
        _ = FileReads.Fill(file, tail, length - tail.Length);
        for (int at = tail.Length - EndLength; at >= 0; at--)
        {
            ReadOnlySpan<byte> end = tail.AsSpan(at);
            if (U32(end, 0) != EndSignature || at + EndLength + U16(end, 20) != tail.Length) continue;
            uint bytes = U32(end, 12), start = U32(end, 16);
            bool zip64 = bytes == uint.MaxValue || start == uint.MaxValue || U16(end, 10) == ushort.MaxValue;
            return zip64 ? FindDirectory64(file, length - tail.Length + at) : (start, bytes);
        }

        throw Damaged("it has no end-of-directory record; the file is truncated");
    }

    private static (long Start, long Bytes) FindDirectory64(SafeFileHandle file, long end)
    {
        byte[] locator = new byte[Locator64Length], record = new byte[End64Length];
        if (end < Locator64Length || FileReads.Fill(file, locator, end - Locator64Length) < Locator64Length ||
            U32(locator, 0) != Locator64Signature)
            throw Damaged("its ZIP64 locator is missing");
        long at = I64(locator, 8);
        if (at < 0 || at > end - End64Length || FileReads.Fill(file, record, at) < End64Length || U32(record, 0) != End64Signature)
            throw Damaged("its ZIP64 end record is missing");
        return (I64(record, 48), I64(record, 40));
    }

    private static ZipEntry ReadEntry(SafeFileHandle file, byte[] directory, long directoryStart, ref int position)
    {
        ReadOnlySpan<byte> rest = directory.AsSpan(position);
        if (rest.Length < CentralLength || U32(rest, 0) != CentralSignature) throw Damaged("its central directory is damaged");
        int nameLength = U16(rest, 28), extraLength = U16(rest, 30), commentLength = U16(rest, 32);
        if (rest.Length < CentralLength + nameLength + extraLength + commentLength) throw Damaged("its central directory is damaged");
        string name = CheckName(Encoding.UTF8.GetString(rest.Slice(CentralLength, nameLength)));
        if (name.Contains("/code/", StringComparison.Ordinal)) throw TorchScript();
        if (U16(rest, 10) != 0) throw Damaged($"entry '{name}' is compressed; PyTorch stores entries uncompressed");
        if ((U16(rest, 8) & 1) != 0) throw Damaged($"entry '{name}' is encrypted");

        long stored = U32(rest, 20), bytes = U32(rest, 24), local = U32(rest, 42);
        ReadExtra64(rest.Slice(CentralLength + nameLength, extraLength), ref bytes, ref stored, ref local);
        if (stored != bytes) throw Damaged($"entry '{name}' has two different sizes");
        position += CentralLength + nameLength + extraLength + commentLength;
        return new ZipEntry(name, PlaceData(file, name, local, bytes, directoryStart), bytes, U32(rest, 16));
    }

    private static long PlaceData(SafeFileHandle file, string name, long local, long bytes, long directoryStart)
    {
        Span<byte> header = stackalloc byte[LocalLength];
        if (local < 0 || bytes < 0 || local > directoryStart - LocalLength || FileReads.Fill(file, header, local) < LocalLength ||
            U32(header, 0) != LocalSignature)
        {
            throw Damaged($"entry '{name}' has no local header where the directory says");
        }

        long position = local + LocalLength + U16(header, 26) + U16(header, 28);
        if (U16(header, 8) != 0 || position > directoryStart || bytes > directoryStart - position)
            throw Damaged($"entry '{name}' reaches beyond the data or contradicts its local header");
        return position;
    }

    // ZIP64 extra field (id 1): 8-byte values for exactly those fields that are 0xffffffff, in this order.
    private static void ReadExtra64(ReadOnlySpan<byte> extra, ref long bytes, ref long stored, ref long local)
    {
        while (extra.Length >= 4)
        {
            int id = U16(extra, 0), length = U16(extra, 2);
            if (length > extra.Length - 4) throw Damaged("an extra field is damaged");
            ReadOnlySpan<byte> field = extra.Slice(4, length);
            extra = extra[(4 + length)..];
            if (id != 1) continue;
            Replace(ref bytes, ref field);
            Replace(ref stored, ref field);
            Replace(ref local, ref field);
        }
    }

    private static void Replace(ref long value, ref ReadOnlySpan<byte> field)
    {
        if (value != uint.MaxValue) return;
        if (field.Length < 8) throw Damaged("a ZIP64 field is missing");
        value = I64(field, 0);
        field = field[8..];
    }

    private static string CheckName(string name)
    {
        bool plain = name.Length is > 0 and <= 512 && !name.StartsWith('/') && !name.Contains('\\') && !name.Any(char.IsControl) &&
                     !name.Split('/').Contains("..");
        return plain ? name : throw Damaged($"entry name '{PickleGlobals.Printable(name)}' is not a plain relative path");
    }

    private static void CheckOverlaps(List<ZipEntry> entries)
    {
        ZipEntry? previous = null;
        foreach (ZipEntry entry in entries.Where(entry => entry.Bytes > 0).OrderBy(entry => entry.Position))
        {
            if (previous is not null && entry.Position < previous.Position + previous.Bytes)
                throw Damaged($"entries '{previous.Name}' and '{entry.Name}' overlap");
            previous = entry;
        }
    }

    /// <summary>The refusal of an archive that carries code, whose entries are compressed besides.</summary>
    public static CheckpointException TorchScript() =>
        new("it is a TorchScript archive, which carries code; save model.state_dict() instead.");

    private static CheckpointException Damaged(string reason) => new($"its zip archive is refused: {reason}.");

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
