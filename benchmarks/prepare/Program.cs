using System.Diagnostics;
using System.Globalization;
using InferenceApi.Imaging;
using ModelStore;
using Prepare.Benchmarks;

// Usage: run.sh [FOLDER] [ROUNDS]. Ours and torchvision take turns on the same core; medians of rounds are compared.
string folder = args.Length > 0 ? args[0] : throw new ArgumentException("Name a folder of JPEG photographs.");
int rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 9;
byte[][] files = [.. Directory.EnumerateFiles(folder)
    .Where(name => Path.GetExtension(name).ToUpperInvariant() is ".JPEG" or ".JPG")
    .Order(StringComparer.Ordinal)
    .Select(File.ReadAllBytes)];
ImagePreparer preparer = new(new ImagingOptions());
using TorchvisionPeer torchvision = new(Path.Combine(AppContext.BaseDirectory, "torchvision_prepare.py"), folder);

List<double> decode = [], prepare = [], whole = [], peer = [];
for (int round = -3; round < rounds; round++)
{
    TimeSpan decoding = TimeSpan.Zero, preparing = TimeSpan.Zero;
    long start = Stopwatch.GetTimestamp();
    foreach (byte[] file in files)
    {
        using PreparedImage image = preparer.Prepare(file, PreprocessingRecipe.ImageNet, out ImageTimings timings);
        decoding += timings.Decode;
        preparing += timings.Prepare;
    }

    TimeSpan total = Stopwatch.GetElapsedTime(start);
    double theirs = torchvision.Round();
    if (round < 0) continue; // warm-up: tiered compilation, first allocations
    decode.Add(decoding.TotalMilliseconds / files.Length);
    prepare.Add(preparing.TotalMilliseconds / files.Length);
    whole.Add(total.TotalMilliseconds / files.Length);
    peer.Add(theirs * 1000 / files.Length);
}

double[] ratios = [.. whole.Zip(peer, (ours, theirs) => ours / theirs)];
Console.WriteLine(FormattableString.Invariant($"{files.Length} photographs, one core, {rounds} rounds in turn, medians in ms per image"));
Console.WriteLine(FormattableString.Invariant($"decode only          {Median(decode):F3}"));
Console.WriteLine(FormattableString.Invariant($"resize to tensor     {Median(prepare):F3}"));
Console.WriteLine(FormattableString.Invariant($"ours, whole          {Median(whole):F3}"));
Console.WriteLine(FormattableString.Invariant($"torchvision          {Median(peer):F3}"));
Console.WriteLine(FormattableString.Invariant($"ratio                {Median(ratios):F3}   (target 0.75, then 0.65)"));

static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);
