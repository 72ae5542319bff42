using System.Buffers.Binary;

namespace Imaging.Decoding.Headers;

/// <summary>
/// The size of an AVIF, the largest "ispe" property of its meta box, and its depth, the deepest "av1C". Which item is the picture takes
/// four more boxes to tell; thumbnails are smaller than the picture, and alpha and tiles no larger.
/// </summary>
internal static class AvifHeader
{
    /// <summary>
    /// Bytes a pixel, by `benchmarks costs`: planes, libheif's RGB and libvips's copy; 16 bits for what is deeper than 8.
    /// </summary>
    private const double Held = 18.5, HeldDeep = 22.5;

    /// <summary>Of the third byte of an "av1C": 10 or 12 bits.</summary>
    private const int HighDepth = 0x40;

    /// <summary>Boxes that only hold boxes, and the bytes before the first of them.</summary>
    private static int ContentOffset(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("meta"u8) ? 4 : type.SequenceEqual("iprp"u8) || type.SequenceEqual("ipco"u8) ? 0 : -1;

    /// <returns>Without pixels where there is none.</returns>
    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        int width = 0, height = 0, depth = 8;
        Search(encoded, ref width, ref height, ref depth);
        return new(ImageFormat.Avif, width, height) { BitDepth = depth, HeldPerPixel = depth > 8 ? HeldDeep : Held };
    }

    /// <summary>
    /// Each level is one of three fixed kinds of box, but those may be nested by malice: the depth is bounded by the caller's.
    /// </summary>
    private static void Search(ReadOnlySpan<byte> boxes, ref int width, ref int height, ref int depth, int level = 0)
    {
        while (boxes.Length >= 8)
        {
            uint announced = BinaryPrimitives.ReadUInt32BigEndian(boxes);
            ReadOnlySpan<byte> type = boxes.Slice(4, 4);
            // 1: a 64-bit length follows, which only the pixel data needs; 0: to the end.
            if (announced is not 0 and < 8) return;
            int length = announced == 0 ? boxes.Length : (int)Math.Min(announced, (uint)boxes.Length);
            ReadOnlySpan<byte> content = boxes[8..length];
            if (type.SequenceEqual("av1C"u8) && content.Length >= 4 && (content[2] & HighDepth) != 0) depth = 16;
            if (type.SequenceEqual("ispe"u8) && content.Length >= 12)
            {
                width = Math.Max(width, Side(content[4..]));
                height = Math.Max(height, Side(content[8..]));
            }

            int offset = ContentOffset(type);
            if (offset >= 0 && level < 3 && content.Length > offset) Search(content[offset..], ref width, ref height, ref depth, level + 1);
            boxes = boxes[length..];
        }
    }

    private static int Side(ReadOnlySpan<byte> bytes) => (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(bytes), int.MaxValue);
}
