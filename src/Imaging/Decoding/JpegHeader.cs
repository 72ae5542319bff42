using System.Buffers.Binary;

namespace Imaging.Decoding;

/// <summary>
/// The facts of a JPEG that are needed before a library opens it: kinds that Pillow refuses, and how often its scans pass over the image.
/// </summary>
internal static class JpegHeader
{
    private const byte StartOfScan = 0xDA;
    private const byte EndOfImage = 0xD9;

    /// <returns>
    /// Whether every decoder gives the same pixels, judged by the headers: sequential or progressive, Huffman-coded, grey or three
    /// colours, no coefficient left out.
    /// </returns>
    /// <exception cref="InvalidImageException">Not 8 bits deep, not 1, 3 or 4 components, or more scans than allowed.</exception>
    public static bool Check(ReadOnlySpan<byte> encoded, int maxScans)
    {
        int at = 2, components = 0, count = 0;
        bool progressive = false, common = false;
        JpegScans scans = new(stackalloc ulong[256]);
        while (TryNextMarker(encoded, ref at, out byte marker) && marker != EndOfImage)
        {
            // Markers without a length: restarts, TEM and a stray start of image.
            if (marker is (>= 0xD0 and <= 0xD8) or 0x01) continue;
            if (at + 2 > encoded.Length) return false;
            ReadOnlySpan<byte> segment = encoded[at..Math.Min(encoded.Length, at + BinaryPrimitives.ReadUInt16BigEndian(encoded[at..]))];
            at += Math.Max(2, segment.Length);
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                components = CheckFrame(segment);
                progressive = (marker & 3) == 2;
                common = marker <= 0xC2 && (components is 1 or 3) && segment.Length == 8 + (3 * components);
                if (common) scans.Begin(segment[8..]);
            }

            if (marker != StartOfScan) continue;
            // One pass holds everything: libjpeg stops after it, whatever follows.
            if (segment.Length > 2 && segment[2] == components && count == 0 && !progressive) return common;
            if (++count > maxScans) throw Refused($"it has more than {maxScans} scans");
            scans.Add(segment);
        }

        return common && scans.AreComplete();
    }

    private static int CheckFrame(ReadOnlySpan<byte> segment)
    {
        if (segment.Length < 8) return 0;
        if (segment[2] != 8) throw Refused($"it has {segment[2]} bits per sample, only 8 are read");
        if (segment[7] is not (1 or 3 or 4)) throw Refused($"it has {segment[7]} components");
        return segment[7];
    }

    /// <summary>Moves past fill bytes, stuffed zeros and entropy-coded data to just behind the next marker.</summary>
    private static bool TryNextMarker(ReadOnlySpan<byte> encoded, ref int at, out byte marker)
    {
        marker = 0;
        while (at < encoded.Length)
        {
            int step = encoded[at..].IndexOf((byte)0xFF);
            if (step < 0 || at + step + 1 >= encoded.Length) return false;
            at += step + 1;
            marker = encoded[at];
            if (marker == 0xFF) continue;
            at++;
            if (marker != 0) return true;
        }

        return false;
    }

    private static InvalidImageException Refused(string found) => InvalidImageException.Unreadable(ImageFormat.Jpeg, found);
}
