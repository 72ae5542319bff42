namespace Imaging.Decoding;

/// <summary>The largest picture that is decoded, checked on its header.</summary>
/// <param name="MaxPixels">Most pixels, width × height.</param>
/// <param name="MaxSide">Longest side in pixels.</param>
/// <param name="MaxJpegScans">Most scans of a progressive JPEG.</param>
internal readonly record struct ImageLimits(long MaxPixels, int MaxSide, int MaxJpegScans)
{
    public bool Allow(int width, int height) => (long)width * height <= MaxPixels && Math.Max(width, height) <= MaxSide;

    /// <exception cref="InvalidImageException">With <see cref="InvalidImageReason.TooManyPixels"/>.</exception>
    public void Check(int width, int height)
    {
        if (!Allow(width, height)) throw InvalidImageException.TooManyPixels(width, height, this);
    }
}
