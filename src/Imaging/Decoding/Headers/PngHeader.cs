using System.Buffers.Binary;
using System.IO.Hashing;

namespace Imaging.Decoding.Headers;

/// <summary>
/// The facts of a PNG that are needed before libvips opens it: colour type and depth, because libvips turns a transparent colour into an
/// alpha band, and the checksums of all chunks before the pixels, which Pillow requires and libvips is configured to ignore.
/// </summary>
internal static class PngHeader
{
    private const int SignatureLength = 8;

    /// <summary>Besides its bytes, libpng expands an interlaced picture's palette and grey while it holds it.</summary>
    private const int LeastHeld = 3;

    /// <exception cref="InvalidImageException">A chunk before the pixels is cut off or has a wrong checksum.</exception>
    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        ImageHeader? header = null;
        for (int at = SignatureLength; ;)
        {
            if (at + 8 > encoded.Length) throw Damaged("it ends before its pixel data");
            uint length = BinaryPrimitives.ReadUInt32BigEndian(encoded[at..]);
            ReadOnlySpan<byte> type = encoded.Slice(at + 4, 4);
            if (type.SequenceEqual("IDAT"u8)) return header ?? throw Damaged("its header chunk is missing");
            if (length > encoded.Length - at - 12) throw Damaged("it ends before its pixel data");
            ReadOnlySpan<byte> typeAndData = encoded.Slice(at + 4, (int)length + 4);
            at += (int)length + 12;
            if (Crc32.HashToUInt32(typeAndData) != BinaryPrimitives.ReadUInt32BigEndian(encoded[(at - 4)..]))
                throw Damaged("the checksum of its header does not match");
            if (type.SequenceEqual("IHDR"u8) && length >= 13) header = Parse(typeAndData[4..]);
        }
    }

    private static ImageHeader Parse(ReadOnlySpan<byte> data)
    {
        int depth = data[8], channels = data[9] switch { 0 => 1, 4 => 2, 6 => 4, _ => 3 };
        bool interlaced = data[12] != 0;
        return new(ImageFormat.Png, Side(data), Side(data[4..]))
        {
            BitDepth = depth,
            Channels = channels,
            Interlaced = interlaced,
            HeldPerPixel = interlaced ? Math.Max(LeastHeld, channels * (depth > 8 ? 2 : 1)) : 0,
        };
    }

    private static int Side(ReadOnlySpan<byte> bytes) => (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(bytes), int.MaxValue);

    private static InvalidImageException Damaged(string found) => InvalidImageException.Unreadable(ImageFormat.Png, found);
}
