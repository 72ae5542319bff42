using System.Buffers.Binary;
using System.IO.Compression;

namespace InferenceApi.Tests.Endpoints;

/// <summary>Writes PNG files, well-formed and hostile ones.</summary>
internal static class SmallPng
{
    /// <summary>A gradient; every size gives another picture.</summary>
    public static byte[] Rgb(int width, int height)
    {
        using var rows = new MemoryStream();
        for (int y = 0; y < height; y++)
        {
            rows.WriteByte(0);
            for (int x = 0; x < width; x++) rows.Write([(byte)(x * 255 / width), (byte)(y * 255 / height), (byte)(width + height)]);
        }

        return File(width, height, colourType: 2, rows.ToArray());
    }

    /// <summary>A header that announces more than the file holds.</summary>
    public static byte[] HeaderOnly(int width, int height) => File(width, height, colourType: 2, []);

    /// <summary>About 50 KB that expand to 1 GB of zeros: one-bit pixels would be too small, so it is 8-bit RGB.</summary>
    public static byte[] Bomb()
    {
        const int Width = 18_000, Height = 18_000;
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            byte[] row = new byte[1 + (Width * 3)];
            for (int y = 0; y < 64; y++) zlib.Write(row);
        }

        return Assemble(Width, Height, 2, packed.ToArray());
    }

    private static byte[] File(int width, int height, byte colourType, byte[] rows)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) zlib.Write(rows);
        return Assemble(width, height, colourType, packed.ToArray());
    }

    private static byte[] Assemble(int width, int height, byte colourType, byte[] data)
    {
        using var file = new MemoryStream();
        file.Write([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        header[9] = colourType;
        Chunk(file, "IHDR"u8, header);
        Chunk(file, "IDAT"u8, data);
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc([.. type, .. data]));
        file.Write(number);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte each in bytes)
        {
            crc ^= each;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }

        return ~crc;
    }
}
