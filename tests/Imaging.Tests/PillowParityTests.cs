using Imaging.Tests.Decoding.TurboJpeg;
using Imaging.Tests.Oracles;
using TestKit;

namespace Imaging.Tests;

public sealed class PillowParityTests
{
    /// <summary>Differences from Pillow that are accepted; each is explained in docs/adr/0005.</summary>
    private static readonly HashSet<string> KnownDifferences =
    [
        "damaged-png-adler-cut.png", "damaged-png-checksum-cut.png", // cut in the last 8 bytes of the last data chunk: refused
        "png-palette-too-short.png", // an index beyond the palette: black, Pillow gives grey
    ];

    [Fact]
    public void Prepare_EveryGoldenFile_GivesPillowsBytesAndBits() => AssertGoldens(new(new ImagingOptions(), useTurboJpeg: false));

    [TurboJpegFact]
    public void Prepare_EveryGoldenFileWithTurboJpeg_GivesPillowsBytesAndBits() =>
        AssertGoldens(new(new ImagingOptions(), useTurboJpeg: true));

    private static void AssertGoldens(ImagePreprocessor preprocessor)
    {
        Assert.True(GoldenFiles.Expected.Count > 200);
        AssertSame(GoldenFiles.Expected, name => Digests.Of(preprocessor, GoldenFiles.Read(name)));
        Assert.Equal(0, preprocessor.OutstandingBuffers);
    }

    [OracleFact]
    public void Goldens_AskedAgain_AreWhatLivePillowSays()
    {
        // Pillow builds the whole resized image: gigabytes for the extreme shapes, whose answers are committed.
        Dictionary<string, string> expected = GoldenFiles.Expected
            .Where(golden => !golden.Key.Contains("000", StringComparison.Ordinal) && !golden.Key.Contains("500", StringComparison.Ordinal)
                && !golden.Key.Contains("4999", StringComparison.Ordinal))
            .ToDictionary();
        string[] files = [.. expected.Keys.Select(name => Path.Combine(GoldenFiles.Folder, name))];
        Dictionary<string, string> live = Oracle.Ask(files);
        AssertSame(expected, name => live[Path.Combine(GoldenFiles.Folder, name)]);
    }

    [OracleFact(photographs: true)]
    public void Prepare_RealPhotographs_GivesLivePillowsBytesAndBits()
    {
        ImagePreprocessor libvips = new(new ImagingOptions(), useTurboJpeg: false), both = new(new ImagingOptions());
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(Fixtures.SharedFolder!, "images")).Where(IsPhotograph)];
        Assert.Equal(101, files.Length);
        Dictionary<string, string> expected = Oracle.Ask(files);
        AssertSame(expected, name => Digests.Of(libvips, File.ReadAllBytes(name)));
        AssertSame(expected, name => Digests.Of(both, File.ReadAllBytes(name)));
    }

    [OracleFact]
    public void Prepare_ManySizes_GivesLivePillowsBytesAndBits()
    {
        using TemporaryFolder folder = new();
        Random random = new(11);
        List<string> files = [];
        int[] primes = [2, 3, 17, 31, 61, 101, 127, 173, 223, 251, 257, 263, 307, 401, 509, 521, 769, 1021];
        for (int i = 0; i < 150; i++)
        {
            int width = i < 90 ? random.Next(1, 301) : primes[random.Next(primes.Length)];
            int height = i < 90 ? random.Next(1, 301) : primes[random.Next(primes.Length)];
            string name = folder.File($"{i}-{width}x{height}.png");
            File.WriteAllBytes(name, PngWriter.Noise(width, height, random));
            files.Add(name);
        }

        ImagePreprocessor preprocessor = new(new ImagingOptions());
        AssertSame(Oracle.Ask(files), name => Digests.Of(preprocessor, File.ReadAllBytes(name)));
    }

    private static bool IsPhotograph(string name) => Path.GetExtension(name).ToUpperInvariant() is ".JPG" or ".JPEG";

    private static void AssertSame(IReadOnlyDictionary<string, string> expected, Func<string, string> actual)
    {
        List<string> differing = [];
        foreach ((string name, string answer) in expected)
        {
            string found = actual(name);
            if (found != answer && !KnownDifferences.Contains(name)) differing.Add($"{name}: expected {answer}, found {found}");
        }

        Assert.True(differing.Count == 0, $"{differing.Count} differ:\n{string.Join('\n', differing)}");
    }
}
