namespace Imaging.Tests;

/// <summary>Writes small files that take much time or memory to decode.</summary>
internal static class CostlyPictures
{
    /// <summary>
    /// A progressive grey JPEG without DC whose scans say nothing, in the fewest bytes: each is runs of 16,384 empty blocks, of 15 zero
    /// bits. Decoders pass over all blocks once for each scan.
    /// </summary>
    /// <param name="side">Pixels.</param>
    /// <param name="scans">How many.</param>
    /// <param name="refining">Whether they are the scans that look at each coefficient for another bit.</param>
    public static byte[] EmptyScans(int side, int scans, bool refining = false)
    {
        byte[] quantizers = [.. Enumerable.Repeat((byte)1, 64)];
        // One code of one bit: "the block ends here, and so do the next 16,383 and as many as 14 further bits say".
        byte[] table = [1, .. new byte[15], 0xE0];
        int blocks = (side + 7) / 8 * ((side + 7) / 8), runs = (blocks + 16_383) / 16_384;
        byte[] scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 63, refining ? (byte)0x10 : (byte)0, .. new byte[((15 * runs) + 7) / 8]];
        return
        [
            0xFF, 0xD8,
            0xFF, 0xDB, 0, 67, 0, .. quantizers,
            0xFF, 0xC2, 0, 11, 8, (byte)(side >> 8), (byte)side, (byte)(side >> 8), (byte)side, 1, 1, 0x11, 0,
            0xFF, 0xC4, 0, 20, 0x10, .. table,
            .. Enumerable.Repeat(scan, scans).SelectMany(bytes => bytes),
            0xFF, 0xD9,
        ];
    }

    /// <summary>
    /// A lossless WebP of one colour in 28 bytes and some padding: all five of its codes have one symbol, which takes no bits.
    /// </summary>
    public static byte[] WebP(int width, int height)
    {
        // No alpha, version 0, no transform, no colour cache, no groups; then five times "simple, one symbol, of one bit, 0".
        ulong bits = (uint)(width - 1) | ((ulong)(height - 1) << 14);
        for (int code = 0; code < 5; code++) bits |= 1UL << (35 + (4 * code));
        byte[] data = [0x2F, .. BitConverter.GetBytes(bits), 0];
        return
        [
            .. "RIFF"u8, .. BitConverter.GetBytes(12 + data.Length), .. "WEBP"u8,
            .. "VP8L"u8, .. BitConverter.GetBytes(data.Length), .. data,
        ];
    }

    /// <summary>A GIF of one colour whose codes stand for ever longer runs, about one code for two thousand pixels.</summary>
    /// <param name="side">Pixels, up to 65,535.</param>
    /// <param name="interlaced">Whether its rows come in four passes.</param>
    public static byte[] Gif(int side, bool interlaced)
    {
        const int Clear = 256;
        List<byte> codes = [];
        int bits = 0, held = 0, left = side * side, clearWidth = 9;
        while (left > 0)
        {
            Put(Clear, clearWidth);
            clearWidth = 12;
            Put(0, 9);
            left--;
            // Each code is the entry that it makes: one pixel longer than the one before.
            for (int entry = Clear + 2, run = 2; entry < 4096 && left > 0; left -= run++, entry++)
                Put(entry, entry < 512 ? 9 : entry < 1024 ? 10 : entry < 2048 ? 11 : 12);
        }

        Put(0, 8);
        byte low = (byte)side, high = (byte)(side >> 8), flags = interlaced ? (byte)0x40 : (byte)0;
        return
        [
            .. "GIF89a"u8, low, high, low, high, 0xF7, 0, 0, .. new byte[768], 0x2C, 0, 0, 0, 0, low, high, low, high, flags, 8,
            .. codes.Chunk(255).SelectMany(chunk => (byte[])[(byte)chunk.Length, .. chunk]), 0, 0x3B,
        ];

        void Put(int code, int width)
        {
            held |= code << bits;
            for (bits += width; bits >= 8; bits -= 8, held >>= 8) codes.Add((byte)held);
        }
    }

    /// <summary>A file that announces an AVIF of another size; its pixels are still those of the original.</summary>
    public static byte[] WithSize(byte[] avif, int width, int height)
    {
        byte[] changed = [.. avif];
        int at = changed.AsSpan().IndexOf("ispe"u8) + 8;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(at), width);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(at + 4), height);
        return changed;
    }
}
