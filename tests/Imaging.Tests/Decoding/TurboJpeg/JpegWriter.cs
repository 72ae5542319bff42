namespace Imaging.Tests.Decoding.TurboJpeg;

/// <summary>Writes the smallest sound JPEG of a size: one shade of grey, two bits a block.</summary>
internal static class JpegWriter
{
    public static byte[] Grey(int width, int height)
    {
        int blocks = (width + 7) / 8 * ((height + 7) / 8);
        byte[] quantizers = [.. Enumerable.Repeat((byte)1, 64)];
        // One code of one bit, 0, in each table: "no difference" for DC, "end of block" for AC.
        byte[] table = [1, .. new byte[15], 0];
        byte[] data = new byte[((2 * blocks) + 7) / 8];
        int unused = (8 * data.Length) - (2 * blocks);
        data[^1] = (byte)((1 << unused) - 1); // padding is ones
        return
        [
            0xFF, 0xD8,
            0xFF, 0xDB, 0, 67, 0, .. quantizers,
            0xFF, 0xC0, 0, 11, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0,
            0xFF, 0xC4, 0, 20, 0x00, .. table,
            0xFF, 0xC4, 0, 20, 0x10, .. table,
            0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0,
            .. data,
            0xFF, 0xD9,
        ];
    }
}
