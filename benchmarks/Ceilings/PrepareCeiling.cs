using System.Diagnostics;
using Imaging;
using ModelStore;

namespace Benchmarks.Ceilings;

/// <summary>File to tensor on one core.</summary>
/// <param name="DecodeMs">Mean time inside the decoder.</param>
/// <param name="PrepareMs">Mean of the whole way, decoding included.</param>
/// <param name="PrepareMedianMs">Its median.</param>
internal sealed record PrepareCeiling(double DecodeMs, double PrepareMs, double PrepareMedianMs)
{
    /// <summary>
    /// Passes over all pictures until the time is up; a pass that is begun is finished, so that every picture counts the same.
    /// </summary>
    public static PrepareCeiling Measure(byte[][] pictures, PreprocessingRecipe recipe, TimeSpan time)
    {
        var preprocessor = new ImagePreprocessor(new ImagingOptions());
        Pass(preprocessor, pictures, recipe, []);

        var measured = new List<(double Decode, double Whole)>();
        long start = Stopwatch.GetTimestamp();
        do Pass(preprocessor, pictures, recipe, measured);
        while (Stopwatch.GetElapsedTime(start) < time);

        double[] whole = [.. measured.Select(m => m.Whole).Order()];
        return new PrepareCeiling(measured.Average(m => m.Decode), whole.Average(), whole[whole.Length / 2]);
    }

    private static void Pass(
        ImagePreprocessor preprocessor, byte[][] pictures, PreprocessingRecipe recipe, List<(double Decode, double Whole)> measured)
    {
        foreach (byte[] picture in pictures)
        {
            long start = Stopwatch.GetTimestamp();
            using PreparedImage image = preprocessor.Preprocess(picture, recipe, out ImageTimings timings);
            measured.Add((timings.Decode.TotalMilliseconds, Stopwatch.GetElapsedTime(start).TotalMilliseconds));
        }
    }
}
