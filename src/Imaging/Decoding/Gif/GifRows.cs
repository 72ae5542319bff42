using System.Runtime.InteropServices;

namespace Imaging.Decoding.Gif;

/// <summary>
/// The first frame of a GIF on its canvas, as Pillow gives it: palette colours, transparency ignored. libvips's loader replaces
/// transparent pixels by black, which loses their colour, hence this reader.
/// </summary>
internal sealed unsafe class GifRows : RgbRows
{
    private const int StripHeight = 16;

    private readonly byte[] _palette;
    private byte* _indices;
    private byte* _strip;
    private int _next;

    private GifRows(int width, int height, byte* indices, byte[] palette)
        : base(width, height)
    {
        _indices = indices;
        _palette = palette;
        _strip = (byte*)NativeMemory.Alloc((nuint)width * 3 * StripHeight);
    }

    /// <exception cref="InvalidImageException">No frame, or a canvas without pixels.</exception>
    public static ImageHeader Inspect(ReadOnlySpan<byte> file)
    {
        GifFrame frame = GifFrame.ReadFirst(file);
        if (frame.CanvasWidth == 0 || frame.CanvasHeight == 0)
            throw InvalidImageException.Unreadable(ImageFormat.Gif, "its canvas has no pixels");
        return new(ImageFormat.Gif, frame.CanvasWidth, frame.CanvasHeight)
        {
            Channels = 1,
            Interlaced = frame.Interlaced,
            HeldPerPixel = 1.1,
        };
    }

    /// <exception cref="InvalidImageException">No frame, a canvas over the limits, or damaged frame data.</exception>
    public static GifRows Open(byte* encoded, int length, ImageLimits limits)
    {
        ReadOnlySpan<byte> file = new(encoded, length);
        GifFrame frame = GifFrame.ReadFirst(file);
        limits.Check(frame.CanvasWidth, frame.CanvasHeight);
        int pixels = frame.CanvasWidth * frame.CanvasHeight;
        byte* indices = (byte*)NativeMemory.Alloc((nuint)pixels); // a pool of arrays would keep the largest for ever
        try
        {
            Span<byte> canvas = new(indices, pixels);
            canvas.Fill(frame.Fill);
            GifPixels.Decode(file[frame.DataOffset..], frame, canvas);
            return new(frame.CanvasWidth, frame.CanvasHeight, indices, frame.Palette);
        }
        catch (InvalidImageException)
        {
            NativeMemory.Free(indices);
            throw;
        }
    }

    public override RgbStrip Next()
    {
        int count = Math.Min(StripHeight, Height - _next);
        byte* rgb = _strip;
        foreach (byte index in new ReadOnlySpan<byte>(_indices + (_next * Width), count * Width))
        {
            _palette.AsSpan(index * 3, 3).CopyTo(new Span<byte>(rgb, 3));
            rgb += 3;
        }

        _next += count;
        return new((nint)_strip, Width * 3, count);
    }

    public override void Dispose()
    {
        if (_strip is null) return;
        NativeMemory.Free(_strip);
        NativeMemory.Free(_indices);
        _strip = null;
        _indices = null;
    }
}
