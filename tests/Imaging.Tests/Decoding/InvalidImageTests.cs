using System.Diagnostics;
using Imaging.Decoding;
using Imaging.Tests.Oracles;
using ModelStore;

namespace Imaging.Tests.Decoding;

public class InvalidImageTests
{
    private readonly bool _useTurboJpeg;
    private readonly ImagePreprocessor _preprocessor;

    public InvalidImageTests()
        : this(useTurboJpeg: true)
    {
    }

    protected InvalidImageTests(bool useTurboJpeg)
    {
        _useTurboJpeg = useTurboJpeg;
        _preprocessor = new(new ImagingOptions(), useTurboJpeg);
    }

    [Theory]
    [InlineData("other-empty.bin", "empty")]
    [InlineData("other-text.txt", "text")]
    [InlineData("other-drawing.svg", "SVG")]
    [InlineData("other-document.pdf", "PDF")]
    public void Prepare_NotAnImage_IsUnknownFormatAndSaysWhatItIs(string name, string word)
    {
        InvalidImageException error = Refused(GoldenFiles.Read(name));
        Assert.Equal(InvalidImageReason.UnknownFormat, error.Reason);
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BM")]
    [InlineData("\0\0\0\u0018ftypheic\0\0\0\0mif1heic")]
    [InlineData("P6 2 2 255 ............")]
    [InlineData("RIFF....WAVE")]
    public void Prepare_FormatThatIsNotAllowed_IsUnknownFormat(string start)
    {
        byte[] encoded = [.. start.Select(c => (byte)c), .. new byte[64]];
        Assert.Equal(InvalidImageReason.UnknownFormat, Refused(encoded).Reason);
    }

    [Fact]
    public void Prepare_RefusedGoldenFiles_NameNoPathsNorAddresses()
    {
        foreach ((string name, string answer) in GoldenFiles.Expected)
        {
            if (answer != "refused") continue;
            InvalidImageException error = Refused(GoldenFiles.Read(name));
            bool unknown = name.StartsWith("other", StringComparison.Ordinal) || name.Contains("no-start", StringComparison.Ordinal);
            Assert.Equal((name, unknown ? InvalidImageReason.UnknownFormat : InvalidImageReason.Unreadable), (name, error.Reason));
            Assert.DoesNotContain("/", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("0x", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("vips", error.Message, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal(0, _preprocessor.OutstandingBuffers);
    }

    [Theory]
    [InlineData(60_000, 60_000, 2)]
    [InlineData(18_000, 18_600, 2)]
    [InlineData(1, 70_000, 0)]
    [InlineData(70_000, 1, 0)]
    [InlineData(65_500, 65_500, 0)]
    public void Prepare_HeaderOverTheLimits_IsRefusedBeforeAnyPixelIsDecoded(int width, int height, byte colorType)
    {
        byte[] encoded = PngWriter.Write(width, height, bitDepth: 8, colorType, new byte[50_000_000]);
        Refused(encoded); // loads libvips, so that the second call is measured alone
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        InvalidImageException error = Refused(encoded);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(250), "Refusing on the header must not decode.");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < 100_000);
        Assert.Equal(InvalidImageReason.TooManyPixels, error.Reason);
        Assert.Contains($"{width} x {height}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prepare_PixelsOverAConfiguredLimit_IsTooManyPixels()
    {
        ImagePreprocessor strict = new(new ImagingOptions { MaxPixels = 200 * 150 - 1 }, _useTurboJpeg);
        byte[] gif = GoldenFiles.Read("gif-large.gif");
        Assert.Equal(InvalidImageReason.TooManyPixels, Refused(gif, strict).Reason);
        _preprocessor.Preprocess(gif, PreprocessingRecipe.ImageNet, out _).Dispose();
    }

    [Fact]
    public void Prepare_MoreScansThanAllowed_IsUnreadable()
    {
        byte[] progressive = GoldenFiles.Read("jpeg-420-progressive.jpg");
        ImagePreprocessor strict = new(new ImagingOptions { MaxJpegScans = 5 }, _useTurboJpeg);
        InvalidImageException error = Refused(progressive, strict);
        Assert.Equal(InvalidImageReason.Unreadable, error.Reason);
        Assert.Contains("5 scans", error.Message, StringComparison.Ordinal);
        ImagePreprocessor lenient = new(new ImagingOptions { MaxJpegScans = 10 }, _useTurboJpeg);
        lenient.Preprocess(progressive, PreprocessingRecipe.ImageNet, out _).Dispose();
        strict.Preprocess(GoldenFiles.Read("jpeg-420.jpg"), PreprocessingRecipe.ImageNet, out _).Dispose();
    }

    [Fact]
    public void Prepare_RandomlyDamagedFiles_EitherWorksOrSaysWhy()
    {
        string[] names = [.. GoldenFiles.Expected.Keys.Where(name => GoldenFiles.Read(name).Length is > 0 and < 8_000
            && !name.StartsWith("shape", StringComparison.Ordinal))];
        ImagePreprocessor preprocessor = new(new ImagingOptions { MaxPixels = 1_000_000, MaxSide = 20_000 }, _useTurboJpeg);
        Random random = new(20);
        int refused = 0;
        for (int i = 0; i < 2_000; i++)
        {
            byte[] encoded = Damage(GoldenFiles.Read(names[i % names.Length]), random);
            try
            {
                preprocessor.Preprocess(encoded, PreprocessingRecipe.ImageNet, out _).Dispose();
            }
            catch (InvalidImageException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 200, 1_999);
        Assert.Equal(0, preprocessor.OutstandingBuffers);
    }

    private static byte[] Damage(byte[] encoded, Random random)
    {
        int changes = random.Next(1, 12);
        for (int i = 0; i < changes; i++) encoded[random.Next(encoded.Length)] = (byte)random.Next(256);
        return random.Next(4) == 0 ? encoded[..random.Next(encoded.Length)] : encoded;
    }

    private InvalidImageException Refused(byte[] encoded, ImagePreprocessor? preprocessor = null) =>
        Assert.Throws<InvalidImageException>(
            () => (preprocessor ?? _preprocessor).Preprocess(encoded, PreprocessingRecipe.ImageNet, out _));
}
