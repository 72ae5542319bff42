using System.Buffers.Binary;

namespace Imaging.Decoding.Gif;

/// <summary>Where the first frame of a GIF lies on its canvas and in its file, and its colours.</summary>
/// <param name="CanvasWidth">Logical screen width, widened if the frame sticks out, as Pillow does.</param>
/// <param name="CanvasHeight">Logical screen height, likewise.</param>
/// <param name="Left">First canvas column of the frame.</param>
/// <param name="Top">First canvas row of the frame.</param>
/// <param name="Width">Columns of the frame.</param>
/// <param name="Height">Rows of the frame.</param>
/// <param name="Interlaced">Whether rows come in four passes.</param>
/// <param name="Palette">768 bytes: R, G, B of all 256 indices; those without an entry are grey.</param>
/// <param name="Fill">Index of the canvas outside of the frame: the transparent one, else 0.</param>
/// <param name="DataOffset">Offset in the file of the code size byte.</param>
internal sealed record GifFrame(
    int CanvasWidth, int CanvasHeight, int Left, int Top, int Width, int Height, bool Interlaced, byte[] Palette, byte Fill, int DataOffset)
{
    private const byte Extension = (byte)'!';
    private const byte ImageDescriptor = (byte)',';
    private const byte Trailer = (byte)';';
    private const byte GraphicControl = 0xF9;
    private const int ScreenLength = 13;

    /// <exception cref="InvalidImageException">The file ends or its trailer comes before a frame.</exception>
    public static GifFrame ReadFirst(ReadOnlySpan<byte> file)
    {
        if (file.Length < ScreenLength) throw Ended();
        int at = ScreenLength;
        byte[] palette = ReadPalette(file, file[10], ref at) ?? GreyRamp();
        byte fill = 0;
        while (at < file.Length && file[at] != Trailer)
        {
            byte block = file[at++];
            if (block == ImageDescriptor) return ReadDescriptor(file, at, palette, fill);
            if (block != Extension) continue;
            if (at + 6 < file.Length && file[at] == GraphicControl && file[at + 1] >= 4 && (file[at + 2] & 1) != 0) fill = file[at + 5];
            at++;
            SkipBlocks(file, ref at);
        }

        throw Ended();
    }

    private static GifFrame ReadDescriptor(ReadOnlySpan<byte> file, int at, byte[] globalPalette, byte fill)
    {
        if (at + 9 >= file.Length) throw Ended();
        int left = Word(file, at), top = Word(file, at + 2), width = Word(file, at + 4), height = Word(file, at + 6);
        byte flags = file[at + 8];
        at += 9;
        byte[] palette = ReadPalette(file, flags, ref at) ?? globalPalette;
        if (at >= file.Length) throw Ended();
        return new(
            Math.Max(Word(file, 6), left + width), Math.Max(Word(file, 8), top + height),
            left, top, width, height, (flags & 0x40) != 0, palette, fill, at);
    }

    private static byte[]? ReadPalette(ReadOnlySpan<byte> file, byte flags, ref int at)
    {
        if ((flags & 0x80) == 0) return null;
        int length = 6 << (flags & 7);
        if (at + length > file.Length) throw Ended();
        byte[] palette = GreyRamp();
        file.Slice(at, length).CopyTo(palette);
        at += length;
        return palette;
    }

    private static byte[] GreyRamp()
    {
        byte[] palette = new byte[768];
        for (int i = 0; i < palette.Length; i++) palette[i] = (byte)(i / 3);
        return palette;
    }

    private static void SkipBlocks(ReadOnlySpan<byte> file, ref int at)
    {
        while (at < file.Length && file[at] != 0) at += file[at] + 1;
        at++;
    }

    private static int Word(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file[at..]);

    private static InvalidImageException Ended() => InvalidImageException.Unreadable(ImageFormat.Gif, "it ends before its first frame");
}
