namespace Imaging.Decoding;

/// <summary>The encodings that are decoded. Everything else is refused before any decoder sees a byte.</summary>
public enum ImageFormat
{
    Jpeg,
    Png,
    WebP,

    /// <summary>The first frame only.</summary>
    Gif,

    /// <summary>The first page only.</summary>
    Tiff,
    Avif,
}
