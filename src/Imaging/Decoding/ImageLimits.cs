namespace Imaging.Decoding;

/// <summary>The largest picture that is decoded, checked on its header.</summary>
/// <param name="MaxPixels">Most pixels, width × height.</param>
/// <param name="MaxSide">Longest side in pixels.</param>
/// <param name="MaxJpegScans">Most scans of a progressive JPEG.</param>
/// <param name="MaxTime">Most processor time, by the header and while decoding.</param>
/// <param name="MaxBytes">Most bytes held while decoding.</param>
internal readonly record struct ImageLimits(long MaxPixels, int MaxSide, int MaxJpegScans, TimeSpan MaxTime, long MaxBytes)
{
    public bool Allow(int width, int height) => (long)width * height <= MaxPixels && Math.Max(width, height) <= MaxSide;

    /// <exception cref="InvalidImageException">With <see cref="InvalidImageReason.TooManyPixels"/>.</exception>
    public void Check(int width, int height)
    {
        if (!Allow(width, height)) throw InvalidImageException.TooManyPixels(width, height, this);
    }

    /// <exception cref="InvalidImageException">
    /// With <see cref="InvalidImageReason.TooManyPixels"/> or <see cref="InvalidImageReason.TooCostly"/>.
    /// </exception>
    public void Check(ImageHeader header)
    {
        Check(header.Width, header.Height);
        ImageCost cost = header.Cost;
        if (cost.Time > MaxTime) throw InvalidImageException.TooSlow(header, this);
        if (cost.Bytes > MaxBytes) throw InvalidImageException.TooBig(header, this);
    }
}
