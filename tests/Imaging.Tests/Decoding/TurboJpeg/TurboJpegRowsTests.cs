using Imaging.Decoding;
using Imaging.Decoding.TurboJpeg;
using Imaging.Decoding.Vips;
using Imaging.Tests.Oracles;

namespace Imaging.Tests.Decoding.TurboJpeg;

/// <summary>Which files libturbojpeg answers for; that the answers are right is in the parity tests.</summary>
public sealed class TurboJpegRowsTests
{
    private const int LongestSide = 2364; // 3 bytes a pixel: the largest square within 16 MiB

    private readonly ImagePreprocessor _both = new(new ImagingOptions()), _libvips = new(new ImagingOptions(), useTurboJpeg: false);

    [TurboJpegFact]
    public void Open_SoundFilesOfCommonKinds_AreDecodedByTurboJpeg()
    {
        string[] names =
        [
            "jpeg-420.jpg", "jpeg-422.jpg", "jpeg-444.jpg", "jpeg-440.jpg", "jpeg-411.jpg", "jpeg-grey.jpg", "jpeg-420-progressive.jpg",
            "jpeg-grey-progressive.jpg", "jpeg-restart.jpg", "jpeg-rgb-adobe.jpg", "jpeg-orientation-6.jpg", "jpeg-1x1.jpg", "jpeg-mpo.jpg",
        ];
        Assert.All(names, name => Assert.Equal(typeof(TurboJpegRows), Opened(GoldenFiles.Read(name))));
    }

    [TurboJpegFact]
    public void Open_InksAndDamage_AreLeftToLibvips()
    {
        string[] names =
        [
            "jpeg-cmyk.jpg", "jpeg-ycck.jpg", "damaged-jpeg-420-half.jpg", "damaged-jpeg-420-half-with-end.jpg",
            "damaged-jpeg-444-no-end.jpg",
        ];
        Assert.All(names, name => Assert.Equal(typeof(VipsRows), Opened(GoldenFiles.Read(name))));
    }

    [TurboJpegFact]
    public void Open_ProgressiveFileThatLacksScans_IsLeftToLibvips()
    {
        byte[] whole = GoldenFiles.Read("jpeg-420-progressive.jpg");
        int firstScan = whole.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xDA]);
        int end = firstScan + 2;
        while (whole[end] != 0xFF || whole[end + 1] == 0) end++;
        byte[] coarse = [.. whole[..end], 0xFF, 0xD9];

        Assert.Equal(typeof(VipsRows), Opened(coarse));
        Assert.StartsWith("accepted", Digests.Of(_both, coarse), StringComparison.Ordinal);
        Assert.Equal(Digests.Of(_libvips, coarse), Digests.Of(_both, coarse));
    }

    [TurboJpegFact]
    public void Open_LargePictures_AreDecodedWholeOnlyUpToTheBound()
    {
        byte[] atBound = JpegWriter.Grey(LongestSide, LongestSide), above = JpegWriter.Grey(LongestSide + 1, LongestSide + 1);
        Assert.Equal((typeof(TurboJpegRows), typeof(VipsRows)), (Opened(atBound), Opened(above)));
        Assert.Equal(Digests.Of(_libvips, atBound), Digests.Of(_both, atBound));
    }

    [TurboJpegFact]
    public void Open_PicturesOverAConfiguredLimit_AreRefusedInTheSameWords()
    {
        byte[] encoded = JpegWriter.Grey(300, 200);
        ImagingOptions pixels = new() { MaxPixels = (300 * 200) - 1 }, side = new() { MaxSide = 299 };
        foreach (ImagingOptions options in (ImagingOptions[])[pixels, side])
        {
            InvalidImageException refusal = Assert.Throws<InvalidImageException>(() => Opened(encoded, options));
            Assert.Equal(InvalidImageException.TooManyPixels(300, 200, options.Limits).Message, refusal.Message);
        }
    }

    private static ImageHeader Inspected(byte[] encoded, ImagingOptions? options) =>
        ImageInspection.Inspect(encoded, (options ?? new()).Limits);

    private static unsafe Type Opened(byte[] encoded, ImagingOptions? options = null)
    {
        fixed (byte* bytes = encoded)
        {
            using RgbRows rows =
                ImageDecoder.Open(bytes, Inspected(encoded, options), new((options ?? new()).Limits, default), turboJpeg: true);
            return rows.GetType();
        }
    }
}
