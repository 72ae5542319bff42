using System.Buffers.Binary;
using System.IO.Hashing;

namespace Imaging.Decoding;

/// <summary>
/// The facts of a PNG that are needed before libvips opens it: colour type and depth, because libvips turns a transparent colour into an
/// alpha band, and the checksums of all chunks before the pixels, which Pillow requires and libvips is configured to ignore.
/// </summary>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="BitDepth">Bits per sample: 1, 2, 4, 8 or 16.</param>
/// <param name="ColorType">0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.</param>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, int ColorType)
{
    private const int SignatureLength = 8;
    private const int GreyWithAlpha = 4;

    /// <summary>Whether each grey sample has an alpha sample beside it.</summary>
    public bool IsGreyWithAlpha => ColorType == GreyWithAlpha;

    /// <exception cref="InvalidImageException">A chunk before the pixels is cut off or has a wrong checksum.</exception>
    public static PngHeader Read(ReadOnlySpan<byte> encoded)
    {
        PngHeader? header = null;
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

    private static PngHeader Parse(ReadOnlySpan<byte> data) =>
        new(Side(data), Side(data[4..]), data[8], data[9]);

    private static int Side(ReadOnlySpan<byte> bytes) => (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(bytes), int.MaxValue);

    private static InvalidImageException Damaged(string found) => InvalidImageException.Unreadable(ImageFormat.Png, found);
}
