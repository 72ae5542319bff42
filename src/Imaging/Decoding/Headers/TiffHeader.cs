using System.Buffers.Binary;

namespace Imaging.Decoding.Headers;

/// <summary>Size, depth and tiles of a TIFF's first page.</summary>
internal static class TiffHeader
{
    private const int EntryLength = 12;

    /// <returns>Null where the directory is cut off or has no size.</returns>
    public static ImageHeader? Read(ReadOnlySpan<byte> encoded)
    {
        bool little = encoded[0] == (byte)'I';
        // Of a tag that is there twice the library may take either; the larger costs more.
        uint start = encoded.Length < 8 ? uint.MaxValue : UInt32(encoded[4..], little);
        if (start > encoded.Length - 2) return null;
        ReadOnlySpan<byte> directory = encoded[(int)start..];
        int count = UInt16(directory, little);
        int width = 0, height = 0, depth = 1, channels = 1, tileWidth = 0, tileHeight = 0, rowsPerStrip = 0;
        for (int i = 0, at = 2; i < count && at + EntryLength <= directory.Length; i++, at += EntryLength)
        {
            ReadOnlySpan<byte> entry = directory.Slice(at, EntryLength);
            int value = Value(entry, encoded, little);
            switch (UInt16(entry, little))
            {
                case 256: width = Math.Max(width, value); break;
                case 257: height = Math.Max(height, value); break;
                case 258: depth = Math.Max(depth, value); break;
                case 277: channels = Math.Max(channels, value); break;
                case 278: rowsPerStrip = Math.Max(rowsPerStrip, value); break;
                case 322: tileWidth = Math.Max(tileWidth, value); break;
                case 323: tileHeight = Math.Max(tileHeight, value); break;
                default: break;
            }
        }

        if (width <= 0 || height <= 0) return null;
        bool tiled = tileWidth > 0 && tileHeight > 0;
        long across = tiled ? RoundUp(width, tileWidth) : width, down = tiled ? RoundUp(height, tileHeight) : height;
        // One row of tiles or one strip is held at a time, and once more while it is unpacked.
        long rows = tiled ? tileHeight : Math.Min(height, rowsPerStrip > 0 ? rowsPerStrip : height);
        long pixels = across * down;
        double samples = Math.Clamp(channels, 1, 64) * Math.Max(1, depth / 8.0);
        return new(ImageFormat.Tiff, width, height)
        {
            BitDepth = Math.Clamp(depth, 1, 64),
            Channels = Math.Clamp(channels, 1, 64),
            Pixels = pixels,
            HeldPerPixel = (tiled ? 2 : StripCopies) * samples * rows / down,
        };
    }

    /// <summary>libtiff decodes a strip row by row; what is held are its packed bytes and some rows. Half is on the safe side.</summary>
    private const double StripCopies = 0.5;

    private static long RoundUp(int length, int tile) => ((long)length + tile - 1) / tile * tile;

    /// <summary>The first value of an entry; a list of shorts (bits per sample) may lie elsewhere.</summary>
    private static int Value(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> encoded, bool little)
    {
        int type = UInt16(entry[2..], little);
        uint count = UInt32(entry[4..], little), word = UInt32(entry[8..], little);
        if (type != 3) return (int)Math.Min(word, int.MaxValue);
        if (count <= 2) return UInt16(entry[8..], little);
        return word <= encoded.Length - 2 ? UInt16(encoded[(int)word..], little) : 0;
    }

    private static int UInt16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
