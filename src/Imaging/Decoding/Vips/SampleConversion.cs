namespace Imaging.Decoding.Vips;

/// <summary>One row of libvips samples to R, G, B, by the rules of Pillow's convert("RGB").</summary>
internal static unsafe class SampleConversion
{
    /// <param name="source">The row as libvips delivers it; 16-bit samples are in the machine's byte order.</param>
    /// <param name="rgb">Receives <paramref name="width"/> × 3 bytes.</param>
    /// <param name="width">Pixels in the row.</param>
    /// <param name="bands">Samples per pixel in <paramref name="source"/>.</param>
    /// <param name="layout">Meaning of the samples.</param>
    public static void ToRgb(byte* source, byte* rgb, int width, int bands, SampleLayout layout)
    {
        ushort* wide = (ushort*)source;
        for (int x = 0; x < width; x++, source += bands, wide += bands, rgb += 3)
        {
            switch (layout)
            {
                case SampleLayout.Grey:
                    rgb[0] = rgb[1] = rgb[2] = source[0];
                    break;
                case SampleLayout.Grey16Clipped:
                    rgb[0] = rgb[1] = rgb[2] = (byte)Math.Min(wide[0], (ushort)255);
                    break;
                case SampleLayout.Grey16:
                    rgb[0] = rgb[1] = rgb[2] = (byte)(wide[0] >> 8);
                    break;
                case SampleLayout.Rgb16:
                    rgb[0] = (byte)(wide[0] >> 8);
                    rgb[1] = (byte)(wide[1] >> 8);
                    rgb[2] = (byte)(wide[2] >> 8);
                    break;
                case SampleLayout.Cmyk:
                    FromInks(source, rgb);
                    break;
                default:
                    rgb[0] = source[0];
                    rgb[1] = source[1];
                    rgb[2] = source[2];
                    break;
            }
        }
    }

    /// <summary>Pillow's formula: the paper left by black, less each ink's rounded share of it.</summary>
    private static void FromInks(byte* inks, byte* rgb)
    {
        int paper = 255 - inks[3];
        for (int c = 0; c < 3; c++)
        {
            int product = (inks[c] * paper) + 128;
            rgb[c] = (byte)Math.Max(0, paper - (((product >> 8) + product) >> 8));
        }
    }
}
