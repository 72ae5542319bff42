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
    /// <param name="header">What <see cref="ImageInspection"/> made of the file.</param>
    /// <param name="allowed">The time it may take, and the limits to keep.</param>
    /// <param name="turboJpeg">Whether libturbojpeg may decode JPEGs; the answer is the same, only slower without.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="InvalidImageException">The decoder finds the header unreadable, or other than it was inspected.</exception>
    public static RgbRows Open(byte* encoded, ImageHeader header, DecodeTime allowed, bool turboJpeg)
    {
        allowed.Check();
        if (header.Format == ImageFormat.Gif) return GifRows.Open(encoded, header.Length, allowed.Limits);
        if (header.IsCommonJpeg && turboJpeg && header.Pixels * header.Scans <= TurboJpegRows.MaxPasses
            && TurboJpegRows.TryOpen(encoded, header.Length, allowed.Limits) is { } decoded)
            return decoded;
        return VipsRows.Open(encoded, header, allowed);
    }
}
