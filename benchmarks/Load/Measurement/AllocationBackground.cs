namespace Benchmarks.Load.Measurement;

/// <summary>
/// Managed memory that a server allocates whether or not it classifies: for the scrape that reads the counter, and for timers and polls as
/// time passes. On a slow machine few images share it, so it is taken off what is counted for each.
/// </summary>
/// <param name="BytesPerScrape">The counter's growth between two scrapes, one right after the other.</param>
/// <param name="BytesPerSecond">Its further growth while nothing is asked.</param>
internal sealed record AllocationBackground(double BytesPerScrape, double BytesPerSecond)
{
    /// <param name="first">Bytes allocated since the start, by a first scrape.</param>
    /// <param name="second">By one right after it.</param>
    /// <param name="third">By one that comes <paramref name="seconds"/> later, with nothing asked between.</param>
    /// <param name="seconds">Above 0.</param>
    public static AllocationBackground Of(double first, double second, double third, double seconds)
    {
        double scrape = second - first;
        return new AllocationBackground(scrape, Math.Max(0, (third - second - scrape) / seconds));
    }

    /// <summary>Bytes for each image of a stretch between two scrapes, without the background.</summary>
    /// <param name="bytes">The counter's growth.</param>
    /// <param name="seconds">Length of the stretch.</param>
    /// <param name="images">Answered in it.</param>
    public double PerImage(double bytes, double seconds, int images) => (bytes - BytesPerScrape - (BytesPerSecond * seconds)) / images;
}
