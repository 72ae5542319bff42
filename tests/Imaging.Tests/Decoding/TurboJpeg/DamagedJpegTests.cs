using Imaging.Decoding;
using Imaging.Decoding.TurboJpeg;
using Imaging.Tests.Oracles;
using TestKit;

namespace Imaging.Tests.Decoding.TurboJpeg;

/// <summary>
/// Whatever is done to a file: where libturbojpeg answers, the answer is libvips's; all other files are refused in the same words.
/// </summary>
public sealed class DamagedJpegTests
{
    private static readonly ImagingOptions Options = new() { MaxPixels = 3_000_000, MaxSide = 20_000 };

    private readonly ImagePreprocessor _both = new(Options), _libvips = new(Options, useTurboJpeg: false);

    [TurboJpegFact]
    public void Prepare_DamagedGoldenFiles_GivesLibvipsAnswer() =>
        AssertSame([.. GoldenFiles.Expected.Keys.Where(name => name.Contains("jpeg", StringComparison.Ordinal)).Select(GoldenFiles.Read)],
            rounds: 4_000);

    [TurboJpegFact(photographs: true)]
    public void Prepare_DamagedPhotographs_GivesLibvipsAnswer() => AssertSame(
        [.. Directory.EnumerateFiles(Path.Combine(Fixtures.SharedFolder!, "images"), "*.JPEG").Order(StringComparer.Ordinal).Take(25)
            .Select(File.ReadAllBytes)],
        rounds: 200);

    private void AssertSame(byte[][] files, int rounds)
    {
        Assert.NotEmpty(files);
        Random random = new(12);
        int taken = 0, refused = 0;
        for (int i = 0; i < rounds; i++)
        {
            byte[] encoded = Damage(files[i % files.Length], random);
            string expected = Answer(_libvips, encoded), found = Answer(_both, encoded);
            Assert.True(expected == found, $"damage {i} of file {i % files.Length}: expected {expected}, found {found}");
            if (expected.StartsWith("refused", StringComparison.Ordinal)) refused++;
            else if (IsTaken(encoded)) taken++;
        }

        Assert.True(taken > rounds / 20 && refused > rounds / 20,
            $"{taken} taken by libturbojpeg and {refused} refused of {rounds}: too few to tell");
        Assert.Equal((0, 0), (_both.OutstandingBuffers, _libvips.OutstandingBuffers));
    }

    /// <summary>The digests, or the whole refusal.</summary>
    private static string Answer(ImagePreprocessor preprocessor, byte[] encoded)
    {
        string digests = Digests.Of(preprocessor, encoded);
        if (digests != "refused") return digests;
        InvalidImageException refusal = Assert.Throws<InvalidImageException>(
            () => preprocessor.Preprocess(encoded, ModelStore.PreprocessingRecipe.ImageNet, out _));
        return $"refused: {refusal.Reason}, {refusal.Message}";
    }

    private static unsafe bool IsTaken(byte[] encoded)
    {
        fixed (byte* bytes = encoded)
        {
            using RgbRows rows =
                ImageDecoder.Open(bytes, ImageInspection.Inspect(encoded, Options.Limits), new(Options.Limits, default), turboJpeg: true);
            return rows is TurboJpegRows;
        }
    }

    /// <summary>Up to three bytes changed, often in the headers, and sometimes cut, with or without an end marker behind the cut.</summary>
    private static byte[] Damage(byte[] original, Random random)
    {
        byte[] encoded = [.. original];
        int changes = random.Next(0, 4), header = Math.Min(encoded.Length, 700);
        for (int i = 0; i < changes; i++)
        {
            int at = random.Next(2, random.Next(3) == 0 ? header : encoded.Length);
            encoded[at] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)(encoded[at] ^ (1 << random.Next(8)));
        }

        return random.Next(6) switch
        {
            0 => encoded[..random.Next(encoded.Length)],
            1 => [.. encoded[..random.Next(encoded.Length)], 0xFF, 0xD9],
            _ => encoded,
        };
    }
}
