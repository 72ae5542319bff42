namespace Imaging.Decoding;

/// <summary>What a file says of itself before a pixel is decoded.</summary>
/// <param name="Format">By its first bytes.</param>
/// <param name="Width">In pixels, as the file announces it; where orientation turns it, still unturned.</param>
/// <param name="Height">In pixels, likewise.</param>
public readonly record struct ImageHeader(ImageFormat Format, int Width, int Height)
{
    /// <summary>Passes over the whole picture: scans of a JPEG, otherwise 1.</summary>
    public int Scans { get; init; } = 1;

    /// <summary>Whether the rows come out of order, so that all are held before the first is known (PNG only).</summary>
    public bool Interlaced { get; init; }

    /// <summary>Bits per sample.</summary>
    public int BitDepth { get; init; } = 8;

    /// <summary>Samples per pixel.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Pixels that are decoded: more than width × height where tiles stick out of the picture.</summary>
    public long Pixels { get; init; } = (long)Width * Height;

    /// <summary>Bytes in the file.</summary>
    public int Length { get; init; }

    /// <summary>
    /// Bytes per pixel that the decoder holds of the whole picture before its first row is known; 0 where it holds a few rows.
    /// </summary>
    public double HeldPerPixel { get; init; }

    /// <summary>JPEG: every decoder makes the same of it, as far as the headers tell.</summary>
    internal bool IsCommonJpeg { get; init; }

    /// <summary>What decoding it takes.</summary>
    public ImageCost Cost => ImageCost.Of(this);
}
