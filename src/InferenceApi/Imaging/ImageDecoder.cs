using InferenceApi.Imaging.TurboJpeg;
using InferenceApi.Imaging.Vips;

namespace InferenceApi.Imaging;

/// <summary>
/// Opens an encoded image as rows of R, G, B: Pillow 9.4's Image.open(...).convert("RGB"), bit for bit, with libvips (GIF: own code;
/// sound JPEGs: libturbojpeg where there is one). No EXIF rotation, no colour profile, no reduced-size decoding, full chroma interpolation, as torchvision's pipeline has it.
/// </summary>
/// <remarks>
/// Damaged files are accepted and refused as Pillow does: running out of bytes before the last row (progressive JPEG: before the end
/// marker) is refused, damage that the decoder can fill is not. Known differences are listed in docs/adr/0005.
/// </remarks>
internal static unsafe class ImageDecoder
{
    // VipsBandFormat and VipsInterpretation members.
    private const int FormatUChar = 0;
    private const int FormatUShort = 2;
    private const int InterpretationCmyk = 15;

    /// <param name="encoded">First byte of the file; pinned until the rows are disposed.</param>
    /// <param name="length">Bytes in the file.</param>
    /// <param name="options">The limits to keep.</param>
    /// <param name="turboJpeg">Whether libturbojpeg may decode JPEGs; the answer is the same, only slower without.</param>
    /// <exception cref="InvalidImageException">Not a supported format, an unreadable header, or over a limit; no pixel was decoded.</exception>
    public static RgbRows Open(byte* encoded, int length, ImagingOptions options, bool turboJpeg)
    {
        ReadOnlySpan<byte> bytes = new(encoded, length);
        ImageFormat format = ImageSignature.Detect(bytes);
        if (format == ImageFormat.Gif) return GifRows.Open(encoded, length, options);
        if (format == ImageFormat.Jpeg && JpegHeader.Check(bytes, options.MaxJpegScans) && turboJpeg
            && TurboJpegRows.TryOpen(encoded, length, options) is { } decoded) return decoded;

        PngHeader png = format == ImageFormat.Png ? PngHeader.Read(bytes) : default;
        // Before libvips, which has a limit of its own and calls what is beyond it damaged.
        CheckSize(png.Width, png.Height, options);

        nint image = VipsLoader.Open(format, encoded, length);
        if (image == 0)
        {
            VipsNative.vips_error_clear();
            throw InvalidImageException.Unreadable(format, "its header is damaged or of a kind that is not supported");
        }

        try
        {
            CheckSize(VipsNative.vips_image_get_width(image), VipsNative.vips_image_get_height(image), options);
            return new VipsRows(image, format, Layout(image, format, png));
        }
        catch (InvalidImageException)
        {
            VipsNative.g_object_unref(image);
            throw;
        }
    }

    /// <exception cref="InvalidImageException">With <see cref="InvalidImageReason.TooManyPixels"/>.</exception>
    internal static void CheckSize(int width, int height, ImagingOptions options)
    {
        if (!IsWithin(width, height, options)) throw InvalidImageException.TooManyPixels(width, height, options);
    }

    internal static bool IsWithin(int width, int height, ImagingOptions options) =>
        (long)width * height <= options.MaxPixels && Math.Max(width, height) <= options.MaxSide;

    private static SampleLayout Layout(nint image, ImageFormat format, PngHeader png)
    {
        int bands = VipsNative.vips_image_get_bands(image);
        int samples = VipsNative.vips_image_get_format(image);
        if (samples == FormatUChar)
        {
            if (VipsNative.vips_image_get_interpretation(image) == InterpretationCmyk && bands >= 4) return SampleLayout.Cmyk;
            return bands < 3 ? SampleLayout.Grey : bands == 3 ? SampleLayout.Rgb : SampleLayout.RgbAndMore;
        }

        if (samples != FormatUShort) throw InvalidImageException.Unreadable(format, "its samples are neither 8 nor 16 bits wide");
        if (bands >= 3) return SampleLayout.Rgb16;
        bool withAlpha = format == ImageFormat.Png && png.ColorType == 4;
        return withAlpha ? SampleLayout.Grey16 : SampleLayout.Grey16Clipped;
    }
}
