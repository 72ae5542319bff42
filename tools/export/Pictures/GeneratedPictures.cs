namespace Export.Pictures;

/// <summary>
/// Pictures that need no files. They detect a network that a lower precision breaks; they do not predict the agreement on photographs.
/// </summary>
internal static class GeneratedPictures
{
    /// <summary>Waves a channel: edges and areas of every size. Noise would look the same to a network everywhere.</summary>
    private const int Waves = 4;

    /// <summary>Overlaid waves of colour, about -2 to 2.</summary>
    /// <param name="count">Number of pictures; picture i comes from seed i.</param>
    /// <param name="side">Height and width in pixels.</param>
    public static IEnumerable<Picture> Patterns(int count, int side) => Enumerable.Range(0, count).Select(seed => Pattern(seed, side));

    /// <summary>Normally distributed noise of variance 1 in every value: what the mean of all photographs has after normalising.</summary>
    /// <param name="count">Number of pictures.</param>
    /// <param name="side">Height and width in pixels.</param>
    /// <param name="seed">Where the noise begins.</param>
    public static IEnumerable<Picture> Noise(int count, int side, int seed)
    {
        Random random = new(seed);
        for (int index = 0; index < count; index++)
        {
            float[] values = new float[3 * side * side];

            // Box and Muller's transform; 1 - x keeps the logarithm from 0.
            for (int at = 0; at < values.Length; at++)
                values[at] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            yield return new Picture(values);
        }
    }

    private static Picture Pattern(int seed, int side)
    {
        Random random = new(seed);
        float[] picture = new float[3 * side * side];
        for (int channel = 0; channel < 3; channel++)
        {
            for (int wave = 0; wave < Waves; wave++)
            {
                double frequency = (wave + 1) * 20.0 / side;
                (double x, double y) = (random.NextDouble() * frequency, random.NextDouble() * frequency);
                double phase = random.NextDouble() * 6;
                Span<float> plane = picture.AsSpan(channel * side * side, side * side);
                for (int index = 0; index < plane.Length; index++)
                    plane[index] += (float)(0.5 * Math.Sin((x * (index % side)) + (y * (index / side)) + phase));
            }
        }

        return new Picture(picture);
    }
}
