using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Imaging.Tests;

/// <summary>Writes PNGs for tests: noise, and headers that promise more than they hold.</summary>
internal static class PngWriter
{
    /// <summary>Random 8-bit RGB pixels.</summary>
    public static byte[] Noise(int width, int height, Random random)
    {
        byte[] rows = new byte[((3 * width) + 1) * height];
        random.NextBytes(rows);
        for (int y = 0; y < height; y++) rows[y * ((3 * width) + 1)] = 0; // no row filter
        return Write(width, height, bitDepth: 8, colorType: 2, rows);
    }

    /// <summary>A PNG of the given header; <paramref name="rows"/> are filter bytes and samples and may be too few.</summary>
    public static byte[] Write(int width, int height, byte bitDepth, byte colorType, ReadOnlySpan<byte> rows, bool interlaced = false)
    {
        MemoryStream data = new();
        using (ZLibStream deflate = new(data, CompressionLevel.SmallestSize, leaveOpen: true)) deflate.Write(rows);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = bitDepth;
        header[9] = colorType;
        header[12] = interlaced ? (byte)1 : (byte)0;
        MemoryStream file = new();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Chunk(file, "IHDR"u8, header);
        Chunk(file, "IDAT"u8, data.ToArray());
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        byte[] chunk = new byte[data.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(data.Length + 8), Crc32.HashToUInt32(chunk.AsSpan(4, data.Length + 4)));
        file.Write(chunk);
    }
}
