using System.Buffers.Binary;

namespace Imaging.Decoding.Headers;

/// <summary>The size of a WebP, from its first chunk: VP8 (lossy), VP8L (lossless) or VP8X (a canvas round either).</summary>
internal static class WebPHeader
{
    /// <summary>Bytes a pixel, by `benchmarks costs`: the decoder's own planes and libvips's copy of the result.</summary>
    private const double Held = 8.2;

    /// <returns>Null where the chunk is cut off or unknown.</returns>
    public static ImageHeader? Read(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length < 30) return encoded.Length >= 25 && encoded[12..].StartsWith("VP8L"u8) ? Lossless(encoded[20..]) : null;
        ReadOnlySpan<byte> chunk = encoded[12..], data = encoded[20..];
        if (chunk.StartsWith("VP8L"u8)) return Lossless(data);
        if (chunk.StartsWith("VP8X"u8)) return Of(1 + UInt24(data[4..]), 1 + UInt24(data[7..]));
        // A frame tag of three bytes and a start code of three.
        return chunk.StartsWith("VP8 "u8) && data[3..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A])
            ? Of(BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3FFF)
            : null;
    }

    private static ImageHeader? Lossless(ReadOnlySpan<byte> data)
    {
        if (data[0] != 0x2F) return null;
        uint sizes = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
        return Of(1 + (int)(sizes & 0x3FFF), 1 + (int)((sizes >> 14) & 0x3FFF));
    }

    private static ImageHeader Of(int width, int height) => new(ImageFormat.WebP, width, height) { HeldPerPixel = Held };

    private static int UInt24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
}
