using System.Runtime.InteropServices;

namespace InferenceApi.Imaging.Vips;

/// <summary>
/// Rows of an image that libvips decodes as they are asked for. Strips have the height that the loaders decode in, so each is
/// read where libvips decoded it, without a copy.
/// </summary>
internal sealed unsafe class VipsRows : RgbRows
{
    private readonly ImageFormat _format;
    private readonly SampleLayout _layout;
    private readonly int _bands;
    private readonly byte* _converted;
    private nint _image;
    private VipsRegion* _region;
    private int _next;

    /// <summary>Takes over the reference to <paramref name="image"/>.</summary>
    public VipsRows(nint image, ImageFormat format, SampleLayout layout)
        : base(VipsNative.vips_image_get_width(image), VipsNative.vips_image_get_height(image))
    {
        _image = image;
        _format = format;
        _layout = layout;
        _bands = VipsNative.vips_image_get_bands(image);
        if (layout != SampleLayout.Rgb) _converted = (byte*)NativeMemory.Alloc((nuint)Width * 3 * (nuint)StripHeight);
    }

    /// <summary>The JPEG loader decodes 8 rows at a time, the others 16.</summary>
    private int StripHeight => _format == ImageFormat.Jpeg ? 8 : 16;

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
