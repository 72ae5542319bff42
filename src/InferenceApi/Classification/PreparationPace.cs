using Imaging.Decoding;
using InferenceApi.Batching;

namespace InferenceApi.Classification;

/// <summary>
/// How this machine's time for preparing a picture compares with what the picture's header says, for each format. What was learnt fades
/// towards equality: whoever is refused because of it can teach nothing better.
/// </summary>
internal sealed class PreparationPace(TimeProvider time)
{
    // One in twenty: follows a change of the machine's pace within a second of traffic, without following every picture.
    private const double Smoothing = 0.05;

    /// <summary>How far a machine may be from the table's; a picture beyond was interrupted, or is of a kind of its own.</summary>
    private const double Least = 0.1, Most = 10;

    private readonly Lock _gate = new();
    private readonly (double Pace, long At)[] _learnt = [.. Enum.GetValues<ImageFormat>().Select(_ => (1.0, 0L))];

    /// <summary>What the picture will take here.</summary>
    public double Seconds(ImageCost cost)
    {
        lock (_gate) return cost.Time.TotalSeconds * Now(cost.Format);
    }

    /// <param name="cost">By the picture's header.</param>
    /// <param name="took">What it took.</param>
    public void Learn(ImageCost cost, TimeSpan took)
    {
        double seen = Math.Clamp(took / cost.Time, Least, Most);
        lock (_gate) _learnt[(int)cost.Format] = ((Now(cost.Format) * (1 - Smoothing)) + (seen * Smoothing), time.GetTimestamp());
    }

    private double Now(ImageFormat format)
    {
        (double pace, long at) = _learnt[(int)format];
        return 1 + ((pace - 1) * Fading.Share(time.GetElapsedTime(at)));
    }
}
