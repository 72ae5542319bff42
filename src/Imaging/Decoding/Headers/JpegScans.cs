namespace Imaging.Decoding.Headers;

/// <summary>
/// Which coefficients of which component the scans of a JPEG have given to their last bit. Where some are missing at the end (a progressive
/// file that was cut between two scans) decoders guess them from the neighbouring blocks, and each version of libjpeg guesses in its own
/// way.
/// </summary>
internal ref struct JpegScans
{
    private readonly Span<ulong> _known;
    private ReadOnlySpan<byte> _frame;

    /// <param name="known">256 zeros: for each component id a bit for each of the 64 coefficients.</param>
    public JpegScans(Span<ulong> known) => _known = known;

    /// <param name="components">The part of the frame header that lists the components, three bytes each, the id first.</param>
    public void Begin(ReadOnlySpan<byte> components) => _frame = components;

    /// <param name="scan">The segment of a start of scan, its length included; one that is cut off adds nothing.</param>
    public readonly void Add(ReadOnlySpan<byte> scan)
    {
        if (scan.Length < 3) return;
        int end = 3 + (2 * scan[2]);
        if (end + 3 > scan.Length) return;
        int first = scan[end], last = scan[end + 1], bitsMissing = scan[end + 2] & 15;
        if (first > last || last > 63 || bitsMissing != 0) return;
        ulong band = (ulong.MaxValue >> (63 - last)) & (ulong.MaxValue << first);
        for (int at = 3; at < end; at += 2) _known[scan[at]] |= band;
    }

    /// <summary>Whether nothing is missing.</summary>
    public readonly bool AreComplete()
    {
        for (int at = 0; at < _frame.Length; at += 3)
        {
            if (_known[_frame[at]] != ulong.MaxValue) return false;
        }

        return !_frame.IsEmpty;
    }
}
