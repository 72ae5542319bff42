namespace Imaging.Resizing;

/// <summary>
/// Everything that depends only on the source's size and the recipe: which samples feed the crop, and with which weights.
/// </summary>
/// <param name="Crop">Side of the square result in pixels.</param>
/// <param name="Horizontal">Weights of the columns; passes over rows first, into bytes.</param>
/// <param name="Vertical">Weights of the rows; passes over the horizontal pass's bytes.</param>
/// <param name="HorizontalPass">The horizontal weights as the vector path reads them.</param>
internal sealed record ResizePlan(int Crop, ResizeWeights Horizontal, ResizeWeights Vertical, HorizontalPass HorizontalPass)
{
    /// <summary>Approximate size in memory, for the cache's bound.</summary>
    public long Bytes => (8L * Crop * (Horizontal.MaxTaps + Vertical.MaxTaps)) + (6L * Crop);

    public static ResizePlan For(int width, int height, int resize, int crop)
    {
        (int outWidth, int outHeight) = OutputSize(width, height, resize);
        ResizeWeights horizontal = new(width, outWidth, CropStart(outWidth, crop), crop);
        ResizeWeights vertical = new(height, outHeight, CropStart(outHeight, crop), crop);
        return new(crop, horizontal, vertical, new HorizontalPass(horizontal));
    }

    /// <summary>
    /// torchvision's Resize: the short side becomes <paramref name="resize"/>, the long one is one double division, truncated.
    /// </summary>
    public static (int Width, int Height) OutputSize(int width, int height, int resize)
    {
        int shortSide = Math.Min(width, height), longSide = Math.Max(width, height);
        int newLong = (int)((double)((long)resize * longSide) / shortSide);
        return width <= height ? (resize, newLong) : (newLong, resize);
    }

    /// <summary>torchvision's CenterCrop: half of the rest, halves to even.</summary>
    private static int CropStart(int length, int crop) => (int)Math.Round((length - crop) / 2.0);
}
