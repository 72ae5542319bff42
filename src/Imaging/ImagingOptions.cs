using System.ComponentModel.DataAnnotations;
using Imaging.Decoding;

namespace Imaging;

/// <summary>What one image may cost. All limits are checked on the header, before any pixel is decoded.</summary>
public sealed class ImagingOptions
{
    /// <summary>
    /// Most pixels (width × height) of a picture, by its header; the default is the count at which Pillow warns of a decompression bomb.
    /// Formats that are held whole while they are decoded reach <c>DecodeMemory</c> or <c>MaxDecodeTime</c> earlier; docs/api.md has a
    /// table.
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

    /// <summary>
    /// Most processor time for decoding one picture: by its header (pixels, scans, format and bytes, on the machine of the table in
    /// docs/api.md) before it is begun, and by the clock between two strips of rows.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.0100000", "00:01:00")]
    public TimeSpan MaxDecodeTime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Bytes that pictures being decoded may hold together; others wait. One picture may have three quarters. 0: a third of the memory that
    /// the runtime sees, which is three quarters of a container's limit.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long DecodeMemory { get; set; }

    /// <summary><see cref="DecodeMemory"/> with its default filled in, and what of it one picture may have.</summary>
    public (long All, long One) DecodeBudget()
    {
        long all = DecodeMemory > 0 ? DecodeMemory : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 3;
        return (all, all / 4 * 3);
    }

    internal ImageLimits Limits => new(MaxPixels, MaxSide, MaxJpegScans, MaxDecodeTime, DecodeBudget().One);
}
