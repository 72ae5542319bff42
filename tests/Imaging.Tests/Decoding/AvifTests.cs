using Imaging.Decoding;
using Imaging.Tests.Oracles;
using TestKit;

namespace Imaging.Tests.Decoding;

/// <summary>
/// Pillow 9.4 reads no AVIF, so the oracle is the formula the lossless file was made from: byte i of the rows is 7 · i mod 251.
/// </summary>
public sealed class AvifTests
{
    private const int Width = 40, Height = 30;

    private static readonly byte[] Avif = File.ReadAllBytes(
        Path.Combine(Fixtures.RepositoryRoot, "tests", "Imaging.Tests", "Goldens", "avif", "lossless.avif"));

    private readonly ImagePreprocessor _preprocessor = new(new ImagingOptions());

    [Fact]
    public void Prepare_OfLosslessAvif_EqualsTheSamePixelsAsPng()
    {
        byte[] pixels = [.. Enumerable.Range(0, Width * Height * 3).Select(i => (byte)(i * 7 % 251))];
        Assert.Equal(Digests.Of(_preprocessor, PngOf(pixels)), Digests.Of(_preprocessor, Avif));
    }

    [Fact]
    public void Prepare_OfAvifCutAnywhere_IsRefusedOrRead_AndLeaksNothing()
    {
        for (int length = 0; length < Avif.Length; length += 61)
        {
            try
            {
                _preprocessor.Preprocess(Avif.AsMemory(0, length), ModelStore.PreprocessingRecipe.ImageNet, out _).Dispose();
            }
            catch (InvalidImageException)
            {
            }
        }

        Assert.Equal(0, _preprocessor.OutstandingBuffers);
    }

    private static byte[] PngOf(byte[] pixels)
    {
        const int Stride = Width * 3;
        byte[] rows = [.. Enumerable.Range(0, Height).SelectMany(y => (byte[])[0, .. pixels.AsSpan(y * Stride, Stride)])];
        return PngWriter.Write(Width, Height, bitDepth: 8, colorType: 2, rows);
    }
}
