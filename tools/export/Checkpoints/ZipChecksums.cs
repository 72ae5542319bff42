using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Export.Checkpoints;

/// <summary>
/// Compares the CRC-32 of every entry of a zip archive with its directory while the file streams past for another reason.
/// </summary>
internal sealed class ZipChecksums
{
    private readonly ZipEntry[] _entries;
    private long _position;
    private int _current;
    private uint _register = uint.MaxValue;

    private ZipChecksums(IEnumerable<ZipEntry> entries) =>
        _entries = [.. entries.Where(entry => entry.Bytes > 0).OrderBy(entry => entry.Position)];

    /// <summary>
    /// For a zip archive; null for any other file, and for one with a wrong directory, which is reported when it is opened.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ZipChecksums? Of(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.RandomAccess);
        Span<byte> magic = stackalloc byte[ZipCheckpoint.Magic.Length];
        if (FileReads.Fill(file, magic, 0) < magic.Length || !magic.SequenceEqual(ZipCheckpoint.Magic)) return null;
        try
        {
            return new ZipChecksums(ZipDirectory.Read(file, RandomAccess.GetLength(file)));
        }
        catch (CheckpointException)
        {
            return null;
        }
    }

    /// <summary>The next piece of the file, from its beginning to its end.</summary>
    /// <exception cref="CheckpointException">An entry that ends in it is damaged.</exception>
    public void Append(ReadOnlySpan<byte> piece)
    {
        long end = _position + piece.Length;
        while (_current < _entries.Length && _entries[_current] is { } entry && entry.Position < end)
        {
            int from = (int)Math.Max(0, entry.Position - _position), to =
                (int)Math.Min(piece.Length, entry.Position + entry.Bytes - _position);
            _register = Crc32.Append(_register, piece[from..to]);
            if (entry.Position + entry.Bytes > end) break;
            if (~_register != entry.Crc32)
            {
                throw new CheckpointException(
                    $"entry '{PickleGlobals.Printable(entry.Name)}' of its zip archive has CRC-32 {~_register:x8} where the directory "
                    + "says " +
                    $"{entry.Crc32:x8}; the file is damaged, or was saved without checksums.");
            }

            _register = uint.MaxValue;
            _current++;
        }

        _position = end;
    }

    /// <summary>The checksum of zip archives (ISO 3309, polynomial 0xedb88320 reflected), eight bytes at a step.</summary>
    private static class Crc32
    {
        private static readonly uint[][] Tables = CreateTables();

        public static uint Append(uint register, ReadOnlySpan<byte> bytes)
        {
            uint[][] tables = Tables;
            while (bytes.Length >= 8)
            {
                uint low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ register, high =
                    BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
                register = tables[7][low & 0xff] ^ tables[6][(low >> 8) & 0xff] ^ tables[5][(low >> 16) & 0xff] ^ tables[4][low >> 24]
                    ^ tables[3][high & 0xff] ^ tables[2][(high >> 8) & 0xff] ^ tables[1][(high >> 16) & 0xff] ^ tables[0][high >> 24];
                bytes = bytes[8..];
            }

            foreach (byte each in bytes) register = tables[0][(register ^ each) & 0xff] ^ (register >> 8);
            return register;
        }

        private static uint[][] CreateTables()
        {
            uint[][] tables = [.. Enumerable.Range(0, 8).Select(_ => new uint[256])];
            for (uint value = 0; value < 256; value++)
            {
                uint register = value;
                for (int bit = 0; bit < 8; bit++) register = (register & 1) != 0 ? (register >> 1) ^ 0xedb88320 : register >> 1;
                tables[0][value] = register;
            }

            for (int table = 1; table < 8; table++)
            {
                for (int value = 0; value < 256; value++)
                    tables[table][value] = tables[0][tables[table - 1][value] & 0xff] ^ (tables[table - 1][value] >> 8);
            }

            return tables;
        }
    }
}
