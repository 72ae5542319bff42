using System.Runtime.InteropServices;

namespace Imaging.Decoding.Vips;

/// <summary>
/// Rows of an image that libvips decodes as they are asked for. Strips have the height that the loaders decode in, so each is
/// read where libvips decoded it, without a copy.
/// </summary>
internal sealed unsafe class VipsRows : RgbRows
{
    // VipsBandFormat and VipsInterpretation members.
    private const int FormatUChar = 0;
    private const int FormatUShort = 2;
    private const int InterpretationCmyk = 15;

    private readonly ImageFormat _format;
    private readonly SampleLayout _layout;
    private readonly int _bands;
    private readonly byte* _converted;
    private nint _image;
    private VipsRegion* _region;
    private int _next;

    private VipsRows(nint image, int width, int height, ImageFormat format, SampleLayout layout)
        : base(width, height)
    {
        _image = image;
        _format = format;
        _layout = layout;
        _bands = VipsNative.vips_image_get_bands(image);
        if (layout != SampleLayout.Rgb) _converted = (byte*)NativeMemory.Alloc((nuint)Width * 3 * (nuint)StripHeight);
    }

    /// <summary>The JPEG loader decodes 8 rows at a time, the others 16.</summary>
    private int StripHeight => _format == ImageFormat.Jpeg ? 8 : 16;

    /// <param name="encoded">First byte of the file; pinned until the rows are disposed.</param>
    /// <param name="length">Bytes in the file.</param>
    /// <param name="format">Names the loader.</param>
    /// <param name="greyWithAlpha">Whether a 16-bit grey image has its alpha in the file and not by a transparent colour.</param>
    /// <param name="limits">The limits to keep.</param>
    /// <exception cref="InvalidImageException">An unreadable header, or over a limit; no pixel was decoded.</exception>
    public static VipsRows Open(byte* encoded, int length, ImageFormat format, bool greyWithAlpha, ImageLimits limits)
    {
        nint image = VipsLoader.Open(format, encoded, length);
        if (image == 0)
        {
            VipsNative.vips_error_clear();
            throw InvalidImageException.Unreadable(format, "its header is damaged or of a kind that is not supported");
        }

        try
        {
            int width = VipsNative.vips_image_get_width(image), height = VipsNative.vips_image_get_height(image);
            limits.Check(width, height);
            return new(image, width, height, format, LayoutOf(image, format, greyWithAlpha));
        }
        catch (InvalidImageException)
        {
            VipsNative.g_object_unref(image);
            throw;
        }
    }

    public override RgbStrip Next()
    {
        if (_region is null) _region = (VipsRegion*)VipsNative.vips_region_new(_image);
        int count = Math.Min(StripHeight, Height - _next);
        VipsRect area = new() { Left = 0, Top = _next, Width = Width, Height = count };
        if (_region is null || VipsNative.vips_region_prepare(_region, &area) != 0)
        {
            VipsNative.vips_error_clear();
            throw InvalidImageException.Unreadable(_format, $"its data is truncated or damaged near row {_next} of {Height}");
        }

        byte* pixels = _region->Data
            + ((nint)(_next - _region->Valid.Top) * _region->BytesPerLine);
        _next += count;
        return _layout == SampleLayout.Rgb ? new((nint)pixels, _region->BytesPerLine, count) : Convert(pixels, count);
    }

    public override void Dispose()
    {
        if (_region is not null) VipsNative.g_object_unref((nint)_region);
        if (_image != 0) VipsNative.g_object_unref(_image);
        if (_converted is not null && _image != 0) NativeMemory.Free(_converted);
        _region = null;
        _image = 0;
    }

    private static SampleLayout LayoutOf(nint image, ImageFormat format, bool greyWithAlpha)
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
        return greyWithAlpha ? SampleLayout.Grey16 : SampleLayout.Grey16Clipped;
    }

    private RgbStrip Convert(byte* pixels, int count)
    {
        int stride = Width * 3;
        for (int row = 0; row < count; row++)
        {
            byte* source = pixels + ((nint)row * _region->BytesPerLine);
            SampleConversion.ToRgb(source, _converted + ((nint)row * stride), Width, _bands, _layout);
        }

        return new((nint)_converted, stride, count);
    }
}
