using Imaging.Decoding;
using Imaging.Decoding.Gif;
using Imaging.Decoding.TurboJpeg;
using Imaging.Decoding.Vips;

namespace Imaging;

/// <summary>
/// Opens an encoded image as rows of R, G, B: Pillow 9.4's Image.open(...).convert("RGB"), bit for bit, with libvips (GIF: own code;
/// sound JPEGs: libturbojpeg where there is one). No EXIF rotation, no colour profile, no reduced-size decoding, full chroma
/// interpolation, as torchvision's pipeline has it.
/// </summary>
/// <remarks>
/// Damaged files are accepted and refused as Pillow does: running out of bytes before the last row (progressive JPEG: before the end
/// marker) is refused, damage that the decoder can fill is not. Known differences are listed in docs/adr/0005.
/// </remarks>
internal static unsafe class ImageDecoder
{
    /// <param name="encoded">First byte of the file; pinned until the rows are disposed.</param>
    /// <param name="length">Bytes in the file.</param>
    /// <param name="limits">The limits to keep.</param>
    /// <param name="turboJpeg">Whether libturbojpeg may decode JPEGs; the answer is the same, only slower without.</param>
    /// <exception cref="InvalidImageException">
    /// Not a supported format, an unreadable header, or over a limit; no pixel was decoded.
    /// </exception>
    public static RgbRows Open(byte* encoded, int length, ImageLimits limits, bool turboJpeg)
    {
        ReadOnlySpan<byte> bytes = new(encoded, length);
        ImageFormat format = ImageSignature.Detect(bytes);
        if (format == ImageFormat.Gif) return GifRows.Open(encoded, length, limits);
        if (format == ImageFormat.Jpeg && JpegHeader.Check(bytes, limits.MaxJpegScans) && turboJpeg
            && TurboJpegRows.TryOpen(encoded, length, limits) is { } decoded) return decoded;

        PngHeader png = format == ImageFormat.Png ? PngHeader.Read(bytes) : default;
        // Before libvips, which has its own limit and reports a picture beyond it as damaged.
        limits.Check(png.Width, png.Height);
        return VipsRows.Open(encoded, length, format, png.IsGreyWithAlpha, limits);
    }
}
