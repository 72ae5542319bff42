namespace Imaging.Decoding;

/// <summary>
/// An opened image that delivers its pixels from top to bottom, a few rows at a time, as 8-bit R, G, B: what Pillow's
/// convert("RGB") gives. Not thread-safe; the encoded memory must stay pinned until it is disposed.
/// </summary>
internal abstract class RgbRows(int width, int height) : IDisposable
{
    public int Width { get; } = width;

    public int Height { get; } = height;

    /// <summary>The next rows, valid until the next call; must not be called once <see cref="Height"/> rows were delivered.</summary>
    /// <exception cref="InvalidImageException">The data is damaged or ends too early.</exception>
    public abstract RgbStrip Next();

    public abstract void Dispose();
}
