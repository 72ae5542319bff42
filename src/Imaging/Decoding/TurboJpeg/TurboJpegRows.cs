using System.Runtime.InteropServices;

namespace Imaging.Decoding.TurboJpeg;

/// <summary>
/// A JPEG that libturbojpeg has decoded whole, without a single warning. Such a file leaves nothing to judgement, so the pixels are
/// those of every libjpeg with the same arithmetic; all others are left to libvips, whose error policy is Pillow's.
/// </summary>
internal sealed unsafe class TurboJpegRows : RgbRows
{
    /// <summary>
    /// Pixels times scans, twelve scans of the largest picture. It is decoded in one call that nothing can end; libvips, which gives the
    /// same pixels, can be ended.
    /// </summary>
    internal const long MaxPasses = 12 * (ImageCost.WholeJpegBytes / 3);

    private const int PixelFormatRgb = 0;
    private const int ColorSpaceGrey = 2;

    /// <summary>TJFLAG_ACCURATEDCT, STOPONWARNING and LIMITSCANS: the exact transform, and no work on what will be discarded.</summary>
    private const int Flags = 4096 | 8192 | 32768;

    private byte* _pixels;

    private TurboJpegRows(int width, int height, byte* pixels)
        : base(width, height) => _pixels = pixels;

    /// <param name="encoded">A JPEG whose header is common; not needed after the call.</param>
    /// <param name="length">Bytes in the file.</param>
    /// <param name="limits">The limits to keep.</param>
    /// <returns>
    /// The decoded picture, or null where libvips has to decide: too large, inks instead of colours, or anything that the library
    /// warns of or refuses.
    /// </returns>
    public static TurboJpegRows? TryOpen(byte* encoded, int length, ImageLimits limits)
    {
        if (!TurboJpegLibrary.IsUsable) return null;
        // A decoder for each picture: making one costs microseconds, and nothing of one upload can reach another's.
        nint decoder = TurboJpegNative.tjInitDecompress();
        if (decoder == 0) return null;
        try
        {
            return TryDecode(decoder, encoded, new((nuint)length), limits);
        }
        finally
        {
            _ = TurboJpegNative.tjDestroy(decoder);
        }
    }

    /// <summary>The only strip: the whole picture.</summary>
    public override RgbStrip Next() => new((nint)_pixels, Width * 3, Height);

    public override void Dispose()
    {
        if (_pixels is null) return;
        NativeMemory.Free(_pixels);
        _pixels = null;
    }

    private static TurboJpegRows? TryDecode(nint decoder, byte* encoded, CULong length, ImageLimits limits)
    {
        int width, height, subsampling, colorSpace;
        if (TurboJpegNative.tjDecompressHeader3(decoder, encoded, length, &width, &height, &subsampling, &colorSpace) != 0) return null;
        if (colorSpace > ColorSpaceGrey || (long)width * height * 3 > ImageCost.WholeJpegBytes || !limits.Allow(width, height)) return null;

        int pitch = width * 3;
        byte* pixels = (byte*)NativeMemory.Alloc((nuint)pitch, (nuint)height); // keeping it for the next picture gained nothing
        if (TurboJpegNative.tjDecompress2(decoder, encoded, length, pixels, width, pitch, height, PixelFormatRgb, Flags) == 0)
            return new(width, height, pixels);
        NativeMemory.Free(pixels);
        return null;
    }
}
