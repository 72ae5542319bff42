using System.Buffers.Binary;

namespace Imaging.Decoding.Headers;

/// <summary>
/// What has to be known of a JPEG before a library opens it: size, kinds that Pillow refuses, and how often its scans pass over the
/// picture.
/// </summary>
internal static class JpegHeader
{
    private const byte StartOfScan = 0xDA;
    private const byte EndOfImage = 0xD9;

    /// <summary>Bytes of a coefficient that is kept between scans.</summary>
    private const int CoefficientBytes = 2;

    /// <returns>Null where no frame header was found.</returns>
    /// <exception cref="InvalidImageException">Not 8 bits deep, not 1, 3 or 4 components, or more scans than allowed.</exception>
    public static ImageHeader? Read(ReadOnlySpan<byte> encoded, int maxScans)
    {
        ImageHeader? header = null;
        int at = 2, count = 0;
        double coefficients = 0;
        bool progressive = false, common = false, wellFormed = true;
        JpegScans scans = new(stackalloc ulong[256]);
        while (TryNextMarker(encoded, ref at, out byte marker) && marker != EndOfImage)
        {
            // Markers without a length: restarts, TEM and a stray start of image.
            if (marker is (>= 0xD0 and <= 0xD8) or 0x01) continue;
            wellFormed = at + 2 <= encoded.Length;
            if (!wellFormed) break;
            ReadOnlySpan<byte> segment = encoded[at..Math.Min(encoded.Length, at + BinaryPrimitives.ReadUInt16BigEndian(encoded[at..]))];
            at += Math.Max(2, segment.Length);
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC) && segment.Length >= 8)
            {
                ImageHeader frame = ReadFrame(segment);
                progressive = (marker & 3) == 2;
                common = marker <= 0xC2 && (frame.Channels is 1 or 3) && segment.Length == 8 + (3 * frame.Channels);
                coefficients = Math.Max(coefficients, CoefficientsPerPixel(segment));
                // A second frame is damage, which the library will find; until then the larger counts.
                header = header is { } first && first.Pixels > frame.Pixels ? first : frame;
                if (common) scans.Begin(segment[8..]);
            }

            if (marker != StartOfScan) continue;
            // One pass holds everything: libjpeg stops after it, whatever follows.
            if (segment.Length > 2 && segment[2] == (header?.Channels ?? 0) && count == 0 && !progressive)
                return header is { } single ? single with { IsCommonJpeg = common } : null;
            if (++count > maxScans) throw Refused($"it has more than {maxScans} scans");
            scans.Add(segment);
        }

        if (header is not { } known) return null;
        common = wellFormed && common && scans.AreComplete();
        return known with
        {
            Scans = Math.Max(1, count),
            IsCommonJpeg = common,
            HeldPerPixel = coefficients * CoefficientBytes,
        };
    }

    private static ImageHeader ReadFrame(ReadOnlySpan<byte> segment)
    {
        if (segment[2] != 8) throw Refused($"it has {segment[2]} bits per sample, only 8 are read");
        if (segment[7] is not (1 or 3 or 4)) throw Refused($"it has {segment[7]} components");
        int height = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]), width = BinaryPrimitives.ReadUInt16BigEndian(segment[5..]);
        return new(ImageFormat.Jpeg, width, height) { Channels = segment[7] };
    }

    /// <summary>1.5 with colours at half the width and height, 3 without.</summary>
    private static double CoefficientsPerPixel(ReadOnlySpan<byte> frame)
    {
        int sum = 0, widest = 1, highest = 1;
        for (int at = 8; at + 3 <= frame.Length && at < 8 + (3 * frame[7]); at += 3)
        {
            int horizontal = frame[at + 1] >> 4, vertical = frame[at + 1] & 15;
            sum += horizontal * vertical;
            widest = Math.Max(widest, horizontal);
            highest = Math.Max(highest, vertical);
        }

        return (double)sum / (widest * highest);
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
