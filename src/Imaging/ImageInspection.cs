using Imaging.Decoding;
using Imaging.Decoding.Gif;
using Imaging.Decoding.Headers;
using Imaging.Decoding.Vips;

namespace Imaging;

/// <summary>Reads a file's header and refuses by it what is not read or costs too much.</summary>
internal static unsafe class ImageInspection
{
    /// <param name="encoded">The whole file.</param>
    /// <param name="limits">The limits to keep.</param>
    /// <exception cref="InvalidImageException">Not a supported format, an unreadable header, or over a limit.</exception>
    public static ImageHeader Inspect(ReadOnlySpan<byte> encoded, ImageLimits limits)
    {
        ImageFormat format = ImageSignature.Detect(encoded);
        ImageHeader header = (Read(format, encoded, limits) ?? ReadWithLibvips(format, encoded)) with { Length = encoded.Length };
        limits.Check(header);
        return header;
    }

    private static ImageHeader? Read(ImageFormat format, ReadOnlySpan<byte> encoded, ImageLimits limits)
    {
        ImageHeader? header = format switch
        {
            ImageFormat.Jpeg => JpegHeader.Read(encoded, limits.MaxJpegScans),
            ImageFormat.Png => PngHeader.Read(encoded),
            ImageFormat.Gif => GifRows.Inspect(encoded),
            ImageFormat.WebP => WebPHeader.Read(encoded),
            ImageFormat.Tiff => TiffHeader.Read(encoded),
            ImageFormat.Avif => AvifHeader.Read(encoded),
            _ => null,
        };
        return header is { Width: > 0, Height: > 0 } ? header : null;
    }

    /// <summary>Where our own reader finds no size; libvips reads no pixel either until it is asked for one.</summary>
    private static ImageHeader ReadWithLibvips(ImageFormat format, ReadOnlySpan<byte> encoded)
    {
        fixed (byte* start = encoded)
        {
            (int width, int height) = VipsRows.SizeOf(start, encoded.Length, format);
            // Nothing is known of how it is coded, so the dearest is assumed.
            return new(format, width, height) { HeldPerPixel = 14 };
        }
    }
}
