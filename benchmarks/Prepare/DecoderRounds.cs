using System.Diagnostics;
using Capacity.Simulation;
using Imaging;
using ModelStore;

namespace Benchmarks.Prepare;

/// <summary>Our preparation with one of its JPEG decoders, and what it took in each round.</summary>
internal sealed class DecoderRounds(string decoder, bool useTurboJpeg)
{
    private readonly ImagePreprocessor _preprocessor = new(new ImagingOptions(), useTurboJpeg);
    private readonly List<double> _decode = [], _prepare = [], _whole = [];

    /// <summary>Prepares every file once; milliseconds per image are kept if the round counts.</summary>
    public void Round(byte[][] files, bool counts)
    {
        TimeSpan decoding = TimeSpan.Zero, preparing = TimeSpan.Zero;
        long start = Stopwatch.GetTimestamp();
        foreach (byte[] file in files)
        {
            using PreparedImage image = _preprocessor.Preprocess(file, PreprocessingRecipe.ImageNet, out ImageTimings timings);
            decoding += timings.Decode;
            preparing += timings.Prepare;
        }

        TimeSpan total = Stopwatch.GetElapsedTime(start);
        if (!counts) return;
        _decode.Add(decoding.TotalMilliseconds / files.Length);
        _prepare.Add(preparing.TotalMilliseconds / files.Length);
        _whole.Add(total.TotalMilliseconds / files.Length);
    }

    /// <summary>Prints the medians, and the median of the ratios to the peer's time in the same round.</summary>
    public void Report(IReadOnlyList<double> peer)
    {
        double ratio = LatencySummary.Median(_whole.Zip(peer, (ours, theirs) => ours / theirs));
        Line("decode", LatencySummary.Median(_decode));
        Line("resize", LatencySummary.Median(_prepare));
        Line("whole", LatencySummary.Median(_whole));
        Line("ratio", ratio);
    }

    private void Line(string what, double figure) =>
        Console.WriteLine(FormattableString.Invariant($"{decoder + ", " + what,-24} {figure:F3}"));
}
