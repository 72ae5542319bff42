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
    private readonly WatchedSource? _source;
    private readonly DecodeTime _allowed;
    private nint _image;
    private VipsRegion* _region;
    private int _next;

    private VipsRows(nint image, WatchedSource? source, int width, int height, DecodeTime allowed, ImageFormat format, SampleLayout layout)
        : base(width, height)
    {
        _source = source;
        _allowed = allowed;
        _image = image;
        _format = format;
        _layout = layout;
        _bands = VipsNative.vips_image_get_bands(image);
        if (layout != SampleLayout.Rgb) _converted = (byte*)NativeMemory.Alloc((nuint)Width * 3 * (nuint)StripHeight);
    }

    /// <summary>The JPEG loader decodes 8 rows at a time, the others 16.</summary>
    private int StripHeight => _format == ImageFormat.Jpeg ? 8 : 16;

    /// <summary>Width and height by libvips's own reading of the header.</summary>
    /// <exception cref="InvalidImageException">It cannot be read.</exception>
    public static (int Width, int Height) SizeOf(byte* encoded, int length, ImageFormat format)
    {
        nint image = Opened(VipsLoader.Open(format, encoded, length), format);
        (int, int) size = (VipsNative.vips_image_get_width(image), VipsNative.vips_image_get_height(image));
        VipsNative.g_object_unref(image);
        return size;
    }

    /// <param name="encoded">First byte of the file; pinned until the rows are disposed.</param>
    /// <param name="header">What our own reading of the header says.</param>
    /// <param name="allowed">The time it may take, and the limits to keep.</param>
    /// <exception cref="InvalidImageException">
    /// An unreadable header, or a larger picture than was inspected; no pixel was decoded.
    /// </exception>
    public static VipsRows Open(byte* encoded, ImageHeader header, DecodeTime allowed)
    {
        WatchedSource? source =
            header is { Format: ImageFormat.Jpeg or ImageFormat.Png, HeldPerPixel: > 0 } ? new(encoded, header.Length, allowed) : null;
        nint image = 0;
        try
        {
            image = source is null ? VipsLoader.Open(header.Format, encoded, header.Length) : VipsLoader.Open(header.Format, source);
            if (image == 0) allowed.Check();
            image = Opened(image, header.Format);
            int width = VipsNative.vips_image_get_width(image), height = VipsNative.vips_image_get_height(image);
            allowed.Limits.Check(width, height);
            if ((long)width * height > header.Pixels)
                throw InvalidImageException.Unreadable(header.Format, "it is larger than its header says");
            // Of a grey PNG's 16 bits: its alpha is in the file and not made from a transparent colour.
            bool greyWithAlpha = header is { Format: ImageFormat.Png, Channels: 2 };
            return new(image, source, width, height, allowed, header.Format, LayoutOf(image, header.Format, greyWithAlpha));
        }
        catch (Exception)
        {
            if (image != 0) VipsNative.g_object_unref(image);
            source?.Dispose();
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
            _allowed.Check();
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
        _source?.Dispose();
        _region = null;
        _image = 0;
    }

    private static nint Opened(nint image, ImageFormat format)
    {
        if (image != 0) return image;
        VipsNative.vips_error_clear();
        throw InvalidImageException.Unreadable(format, "its header is damaged or of a kind that is not supported");
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
