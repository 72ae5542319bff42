namespace Imaging.Decoding;

/// <summary>What one picture takes, by its header alone: the same file costs the same everywhere.</summary>
/// <param name="Format">Whose factors were used; what a machine makes of the time is learnt for each.</param>
/// <param name="Time">
/// Processor time on one core of the machine the factors were measured on (a virtual machine with two cores of an AMD EPYC, 2026). An
/// estimate from above for common content.
/// </param>
/// <param name="Bytes">Most memory that is held while it is decoded, the result excluded.</param>
public readonly record struct ImageCost(ImageFormat Format, TimeSpan Time, long Bytes)
{
    /// <summary>
    /// 16 MiB of pixels, 5.6 megapixels: a common JPEG up to here is decoded in one piece. Nothing larger is: libvips needs a few rows at
    /// a time, and beyond the caches the gain shrinks to a quarter of the decode.
    /// </summary>
    internal const int WholeJpegBytes = 16 << 20;

    /// <summary>Held whatever the size: the decoder's state and a strip of rows.</summary>
    private const long BaseBytes = 512 << 10;

    /// <summary>A few rows of the widest kind, 16 rows of 8 bytes.</summary>
    private const int StripBytesPerColumn = 16 * 8;

    /// <summary>Opening, resizing and handing back, whatever the size.</summary>
    private const double BaseSeconds = 0.0003;

    /// <summary>Of the file, in libraries that read it in pieces or copy what they unpack; seen with noise.</summary>
    private const int FileCopies = 2;

    internal static ImageCost Of(ImageHeader header)
    {
        (double perPixel, double perByte) = Nanoseconds(header);
        double nanoseconds = (header.Pixels * perPixel) + ((double)header.Length * perByte);
        double held = header.Pixels * (LeastHeld(header) + header.HeldPerPixel);
        long bytes = BaseBytes + ((long)header.Width * StripBytesPerColumn) + ((long)header.Length * FileCopies) + (long)held;
        return new(header.Format, TimeSpan.FromSeconds(BaseSeconds + (nanoseconds / 1e9)), bytes);
    }

    /// <summary>
    /// Nanoseconds for each pixel and for each byte of the file: a little above what `benchmarks costs` measures on pictures of one colour
    /// (pixels) and of noise (bytes). Fresh memory takes half of the time of what is held whole.
    /// </summary>
    private static (double PerPixel, double PerByte) Nanoseconds(ImageHeader header) => header.Format switch
    {
        ImageFormat.Jpeg when header.HeldPerPixel == 0 => (5, 12),
        ImageFormat.Jpeg => (5 + (3 * header.HeldPerPixel) + (1.5 * header.Scans), 12),
        ImageFormat.Png => (3 + (1.5 * header.BitDepth * header.Channels / 8) + (7 * header.HeldPerPixel), 10),
        ImageFormat.WebP => (75, 50),
        ImageFormat.Gif => (8, 25),
        ImageFormat.Tiff => (4 + (header.BitDepth * header.Channels / 8.0) + (5 * header.HeldPerPixel), 10),
        ImageFormat.Avif => (header.BitDepth > 8 ? 270 : 160, 150),
        _ => throw new ArgumentOutOfRangeException(nameof(header), header.Format, "No factor."),
    };

    /// <summary>
    /// Bytes for each pixel besides: libvips keeps rows for a while; libturbojpeg has all of a small picture's three bytes.
    /// </summary>
    private static double LeastHeld(ImageHeader header) => header.Format switch
    {
        ImageFormat.Jpeg when header.IsCommonJpeg && header.Pixels * 3 <= WholeJpegBytes => 3,
        ImageFormat.Jpeg or ImageFormat.Png or ImageFormat.Tiff => 2,
        _ => 0,
    };
}
