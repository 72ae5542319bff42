using System.ComponentModel.DataAnnotations;
using Imaging.Decoding;

namespace Imaging;

/// <summary>What one image may cost. All limits are checked on the header, before any pixel is decoded.</summary>
public sealed class ImagingOptions
{
    /// <summary>
    /// Most pixels (width × height) of a picture, by its header; the default is the count at which Pillow warns of a decompression bomb.
    /// Decoding takes up to 6 bytes for each (9 up to 5.6 megapixels, with libturbojpeg).
    /// </summary>
    [Range(1, 1_000_000_000)]
    public long MaxPixels { get; set; } = 89_478_485;

    /// <summary>
    /// Longest side in pixels; the default is libjpeg's own maximum. It bounds the time of pictures that are one pixel wide and endless.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxSide { get; set; } = 65_500;

    /// <summary>
    /// Most scans of a progressive JPEG, each of which passes over the whole picture. Cameras and encoders write 3 to 20.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxJpegScans { get; set; } = 100;

    /// <summary>
    /// Prepared pictures (0.6 MB each at 224 × 224) kept for reuse; about the images in flight at once on a busy machine. More are
    /// allocated when needed and given back to the collector.
    /// </summary>
    [Range(0, 65_536)]
    public int PooledBuffers { get; set; } = 64;

    internal ImageLimits Limits => new(MaxPixels, MaxSide, MaxJpegScans);
}
