namespace Imaging.Decoding.Vips;

/// <summary>How libvips delivers the samples of an image, and thus how they become R, G, B.</summary>
internal enum SampleLayout
{
    /// <summary>Three bytes per pixel: nothing to do.</summary>
    Rgb,

    /// <summary>R, G, B and bytes that are dropped.</summary>
    RgbAndMore,

    /// <summary>One byte, replicated; further bands (alpha) are dropped.</summary>
    Grey,

    /// <summary>One 16-bit sample without alpha: Pillow's mode I, clipped to 255 and not shifted.</summary>
    Grey16Clipped,

    /// <summary>16-bit grey with alpha: the high byte, replicated.</summary>
    Grey16,

    /// <summary>16-bit R, G, B, perhaps alpha: the high bytes.</summary>
    Rgb16,

    /// <summary>Four 8-bit inks, 0 = none.</summary>
    Cmyk,
}
