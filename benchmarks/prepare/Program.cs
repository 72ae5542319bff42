using System.Globalization;
using InferenceApi.Imaging;
using Prepare.Benchmarks;

// Usage: run.sh [FOLDER] [ROUNDS]. Both of our JPEG decoders and torchvision take turns on the same core; medians of rounds are compared.
string folder = args.Length > 0 ? args[0] : throw new ArgumentException("Name a folder of JPEG photographs.");
int rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 9;
byte[][] files = [.. Directory.EnumerateFiles(folder)
    .Where(name => Path.GetExtension(name).ToUpperInvariant() is ".JPEG" or ".JPG")
    .Order(StringComparer.Ordinal)
    .Select(File.ReadAllBytes)];
Contender[] ours = [new("libvips", useTurboJpeg: false), new("libturbojpeg", useTurboJpeg: true)];
if (new ImagePreparer(new ImagingOptions()).JpegDecoder != "libturbojpeg")
{
    Console.WriteLine("libturbojpeg is not installed: libvips alone is measured");
    ours = ours[..1];
}

using TorchvisionPeer torchvision = new(Path.Combine(AppContext.BaseDirectory, "torchvision_prepare.py"), folder);
List<double> peer = [];
for (int round = -3; round < rounds; round++)
{
    bool counts = round >= 0; // before that: tiered compilation, first allocations
    foreach (Contender contender in ours) contender.Round(files, counts);
    double theirs = torchvision.Round() * 1000 / files.Length;
    if (counts) peer.Add(theirs);
}

Console.WriteLine(FormattableString.Invariant($"{files.Length} photographs, one core, {rounds} rounds in turn, medians in ms per image"));
Console.WriteLine(FormattableString.Invariant($"torchvision              {Statistics.Median(peer):F3}"));
foreach (Contender contender in ours) contender.Report(peer);
