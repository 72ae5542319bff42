using System.Buffers.Binary;

namespace Imaging.Decoding;

/// <summary>
/// Recognises a format by the file's first bytes. The declared content type and the file name are ignored, because they may be wrong.
/// </summary>
internal static class ImageSignature
{
    private static ReadOnlySpan<byte> JpegStart => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> PngStart => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <exception cref="InvalidImageException">
    /// With <see cref="InvalidImageReason.UnknownFormat"/>, naming what the bytes look like.
    /// </exception>
    public static ImageFormat Detect(ReadOnlySpan<byte> encoded)
    {
        if (encoded.StartsWith(JpegStart)) return ImageFormat.Jpeg;
        if (encoded.StartsWith(PngStart)) return ImageFormat.Png;
        if (encoded.StartsWith("GIF87a"u8) || encoded.StartsWith("GIF89a"u8)) return ImageFormat.Gif;
        if (encoded.Length >= 12 && encoded.StartsWith("RIFF"u8) && encoded[8..].StartsWith("WEBP"u8)) return ImageFormat.WebP;
        if (encoded.StartsWith("II*\0"u8) || encoded.StartsWith("MM\0*"u8)) return ImageFormat.Tiff;
        if (IsAvif(encoded)) return ImageFormat.Avif;
        throw InvalidImageException.UnknownFormat(Describe(encoded));
    }

    /// <summary>
    /// AVIF is an ISO base media file whose major or one compatible brand says so; HEIC shares the container but not the brand.
    /// </summary>
    private static bool IsAvif(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length < 16 || !encoded[4..].StartsWith("ftyp"u8)) return false;
        long boxLength = Math.Min(BinaryPrimitives.ReadUInt32BigEndian(encoded), 256u);
        for (int at = 8; at + 4 <= Math.Min(boxLength, encoded.Length); at += at == 8 ? 8 : 4)
        {
            ReadOnlySpan<byte> brand = encoded.Slice(at, 4);
            if (brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8)) return true;
        }

        return false;
    }

    private static string Describe(ReadOnlySpan<byte> encoded)
    {
        if (encoded.IsEmpty) return "the file is empty";
        if (encoded.StartsWith("%PDF"u8)) return "it is a PDF document";
        if (encoded.StartsWith("BM"u8)) return "it is a BMP image";
        if (encoded.Length >= 12 && encoded[4..].StartsWith("ftyp"u8)) return "it is an ISO media file such as HEIC or video, not AVIF";
        ReadOnlySpan<byte> head = encoded[..Math.Min(256, encoded.Length)];
        if (head.IndexOf("<svg"u8) >= 0) return "it is an SVG drawing";
        if (!head.ContainsAnyExceptInRange((byte)9, (byte)126)) return "it is text";
        return "its first bytes match none of them";
    }
}
