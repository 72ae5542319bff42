using System.Globalization;
using Capacity.Simulation;
using Imaging;

namespace Benchmarks.Prepare;

/// <summary>
/// Both of our JPEG decoders and torchvision take turns on the same core; medians of rounds are compared. run.sh pins the core.
/// </summary>
internal static class PrepareVerb
{
    public const string Usage = "benchmarks prepare FOLDER [ROUNDS]";

    // Tiered compilation, first allocations.
    private const int WarmUpRounds = 3;

    /// <param name="folder">JPEG photographs.</param>
    /// <param name="arguments">At most the number of rounds, 9 if none.</param>
    /// <exception cref="ArgumentException">The folder has none.</exception>
    public static void Run(string folder, string[] arguments)
    {
        int rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 9;
        byte[][] files = [.. Directory.EnumerateFiles(folder)
            .Where(name => Path.GetExtension(name).ToUpperInvariant() is ".JPEG" or ".JPG")
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes)];
        if (files.Length == 0) throw new ArgumentException($"{folder} has no JPEGs.");
        DecoderRounds[] ours = [new("libvips", useTurboJpeg: false), new("libturbojpeg", useTurboJpeg: true)];
        if (new ImagePreprocessor(new ImagingOptions()).JpegDecoder != "libturbojpeg")
        {
            Console.WriteLine("libturbojpeg is not installed: libvips alone is measured");
            ours = ours[..1];
        }

        using TorchvisionPeer torchvision = new(Path.Combine(AppContext.BaseDirectory, "Prepare", "torchvision_prepare.py"), folder);
        List<double> peer = [];
        for (int round = -WarmUpRounds; round < rounds; round++)
        {
            bool counts = round >= 0;
            foreach (DecoderRounds decoder in ours) decoder.Round(files, counts);
            double theirs = torchvision.Round() * 1000 / files.Length;
            if (counts) peer.Add(theirs);
        }

        Console.WriteLine(
            FormattableString.Invariant($"{files.Length} photographs, one core, {rounds} rounds in turn, medians in ms per image"));
        Console.WriteLine(FormattableString.Invariant($"torchvision              {LatencySummary.Median(peer):F3}"));
        foreach (DecoderRounds decoder in ours) decoder.Report(peer);
    }
}
