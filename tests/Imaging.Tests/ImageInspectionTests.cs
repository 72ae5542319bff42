using System.Diagnostics;
using Imaging.Decoding;
using Imaging.Tests.Decoding.TurboJpeg;
using Imaging.Tests.Oracles;
using ModelStore;
using TestKit;

namespace Imaging.Tests;

/// <summary>What the header gives away, and what is refused by it.</summary>
public sealed class ImageInspectionTests
{
    /// <summary>What a container of 2 GiB leaves for decoding.</summary>
    private static readonly ImagingOptions Container = new() { DecodeMemory = 512 << 20 };

    private static readonly byte[] Avif = File.ReadAllBytes(
        Path.Combine(Fixtures.RepositoryRoot, "tests", "Imaging.Tests", "Goldens", "avif", "lossless.avif"));

    private readonly ImagePreprocessor _preprocessor = new(Container);

    [Fact]
    public void Inspect_OfEveryGoldenFileThatIsRead_KnowsItsSize()
    {
        int seen = 0;
        foreach ((string name, string answer) in GoldenFiles.Expected)
        {
            if (answer == "refused" || name.StartsWith("damaged", StringComparison.Ordinal)) continue;
            byte[] encoded = GoldenFiles.Read(name);
            ImageHeader header = _preprocessor.Inspect(encoded);
            using PreparedImage image = _preprocessor.Preprocess(encoded, PreprocessingRecipe.ImageNet, out _);
            // A TIFF may be turned by its own tag.
            Assert.Equal(
                (name, Math.Max(image.SourceWidth, image.SourceHeight), (long)image.SourceWidth * image.SourceHeight),
                (name, Math.Max(header.Width, header.Height), (long)header.Width * header.Height));
            Assert.InRange(header.Cost.Time, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(0.1));
            seen++;
        }

        Assert.True(seen > 50, $"{seen} files were read");
        Assert.Equal((40, 30), (_preprocessor.Inspect(Avif).Width, _preprocessor.Inspect(Avif).Height));
    }

    [Fact]
    public void Inspect_OfProgressiveJpeg_CountsScansAndCoefficients()
    {
        ImageHeader baseline = _preprocessor.Inspect(GoldenFiles.Read("jpeg-420.jpg"));
        ImageHeader progressive = _preprocessor.Inspect(GoldenFiles.Read("jpeg-420-progressive.jpg"));
        Assert.Equal((1, 10), (baseline.Scans, progressive.Scans));
        Assert.Equal(3, progressive.HeldPerPixel - baseline.HeldPerPixel); // 1.5 coefficients of two bytes
        Assert.True(progressive.Cost.Time > baseline.Cost.Time);
    }

    [Theory]
    [InlineData("100 scans")]
    [InlineData("16 bits interlaced")]
    [InlineData("AVIF")]
    [InlineData("WebP")]
    public void Preprocess_OfWhatTakesTooMuch_IsRefusedByTheHeader(string what)
    {
        byte[] encoded = what switch
        {
            "100 scans" => CostlyPictures.EmptyScans(9_459, scans: 100),
            "AVIF" => CostlyPictures.WithSize(Avif, 9_459, 9_459),
            "WebP" => CostlyPictures.WebP(9_459, 9_459),
            _ => PngWriter.Write(9_459, 9_459, bitDepth: 16, colorType: 6, [], interlaced: true),
        };
        long start = Stopwatch.GetTimestamp();
        InvalidImageException refusal = Assert.Throws<InvalidImageException>(
            () => _preprocessor.Preprocess(encoded, PreprocessingRecipe.ImageNet, out _));
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(250), what);
        Assert.Equal((what, InvalidImageReason.TooCostly), (what, refusal.Reason));
        Assert.Contains("9459 x 9459", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>The limits of docs/api.md at the defaults in a container of 2 GiB: the last side that is accepted, and the next.</summary>
    [Theory]
    [InlineData("WebP")]
    [InlineData("AVIF")]
    [InlineData("JPEG")]
    [InlineData("PNG")]
    public void Inspect_AtTheLimitOfAFormat_Accepts_AndRefusesOnePixelMore(string format)
    {
        byte[] Of(int side) => format switch
        {
            "WebP" => CostlyPictures.WebP(side, side),
            "AVIF" => CostlyPictures.WithSize(Avif, side, side),
            "JPEG" => CostlyPictures.EmptyScans(side, scans: 100),
            _ => PngWriter.Write(side, side, bitDepth: 16, colorType: 6, [], interlaced: true),
        };
        (double perPixel, int least) =
            format switch { "WebP" => (75, 26), "AVIF" => (160, 12), "JPEG" => (5 + 6 + 150, 12), _ => (71.0, 28) };
        int side = (int)Math.Sqrt(1.998e9 / perPixel);
        while (Accepts(Of(side + 1))) side++;
        Assert.InRange((double)side * side, least * 1e6, 2e9 / perPixel);
        Assert.True(Accepts(Of(side)), format);
        Assert.False(Accepts(Of(side + 1)), format);
    }

    private bool Accepts(byte[] encoded)
    {
        try
        {
            return _preprocessor.Inspect(encoded).Width > 0;
        }
        catch (InvalidImageException refused) when (refused.Reason == InvalidImageReason.TooCostly)
        {
            return false;
        }
    }

    [Fact]
    public void Preprocess_OfWebPThatIsLargerThanAHundredMebibytesOfPixels_IsRead()
    {
        ImagePreprocessor patient = new(new ImagingOptions { MaxDecodeTime = TimeSpan.FromSeconds(20), DecodeMemory = 1L << 30 });
        using PreparedImage image = patient.Preprocess(CostlyPictures.WebP(5_937, 5_937), PreprocessingRecipe.ImageNet, out _);
        Assert.Equal((5_937, 5_937), (image.SourceWidth, image.SourceHeight));
    }

    [Fact]
    public void Preprocess_OfACancelledCaller_Ends_AndHoldsNothing()
    {
        byte[] encoded = JpegWriter.Grey(3_000, 3_000);
        ImageHeader header = _preprocessor.Inspect(encoded);
        Assert.Throws<OperationCanceledException>(
            () => _preprocessor.Preprocess(encoded, header, PreprocessingRecipe.ImageNet, out _, new CancellationToken(canceled: true)));
        Assert.Equal(0, _preprocessor.OutstandingBuffers);
    }

    /// <summary>Noise, each byte of which is also a row filter, so that it may be at the start of a row of any length.</summary>
    private static byte[] Filters(int length)
    {
        byte[] bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        for (int i = 0; i < bytes.Length; i++) bytes[i] %= 5;
        return bytes;
    }

    [Theory]
    [InlineData("scans")]
    [InlineData("interlaced")]
    public void Preprocess_OfACallerWhoLeavesWhileTheFirstRowIsDecoded_EndsLongBeforeTheWork(string what)
    {
        byte[] encoded = what == "scans"
            ? CostlyPictures.EmptyScans(4_000, scans: 60)
            : PngWriter.Write(2_000, 2_000, bitDepth: 8, colorType: 2, Filters(2_000 * 6_010), interlaced: true);
        ImageHeader header = _preprocessor.Inspect(encoded);
        TimeSpan whole = TimeSpan.MaxValue, ended = TimeSpan.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            TimeSpan took = TimeOf(() => _preprocessor.Preprocess(encoded, header, PreprocessingRecipe.ImageNet, out _, default).Dispose());
            whole = took < whole ? took : whole;
        }

        for (int i = 0; i < 3; i++)
        {
            using CancellationTokenSource leaving = new();
            using ManualResetEventSlim begun = new();
            // A thread of its own: the pool's timers are late where all its threads work.
            Thread caller = new(() =>
            {
                begun.Wait();
                leaving.Token.WaitHandle.WaitOne(whole / 8);
                leaving.Cancel();
            });
            caller.Start();
            TimeSpan took = TimeOf(() =>
            {
                begun.Set();
                Assert.Throws<OperationCanceledException>(
                    () => _preprocessor.Preprocess(encoded, header, PreprocessingRecipe.ImageNet, out _, leaving.Token));
            });
            caller.Join();
            ended = took < ended ? took : ended;
        }

        Assert.True(ended < whole * 2 / 3, $"{what}: {ended} of {whole}");
        Assert.Equal(0, _preprocessor.OutstandingBuffers);
    }

    [Fact]
    public void Preprocess_OfWhatTakesLongerThanItsHeaderSays_EndsWhenItsTimeIsOver()
    {
        byte[] encoded = CostlyPictures.EmptyScans(4_000, scans: 60);
        ImageHeader header = _preprocessor.Inspect(encoded);
        ImagePreprocessor hasty = new(new ImagingOptions { MaxDecodeTime = TimeSpan.FromMilliseconds(30) });
        long start = Stopwatch.GetTimestamp();
        InvalidImageException refusal = Assert.Throws<InvalidImageException>(
            () => hasty.Preprocess(encoded, header, PreprocessingRecipe.ImageNet, out _, default));
        Assert.Equal(InvalidImageReason.TooCostly, refusal.Reason);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(header.Cost.Time.TotalSeconds), refusal.Message);
        Assert.Equal(0, hasty.OutstandingBuffers);
    }

    [Fact]
    public void Inspect_OfDamagedHeaders_GivesASizeOrRefuses_AndNeverThrowsAnythingElse()
    {
        Random random = new(1);
        foreach (string name in GoldenFiles.Expected.Keys)
        {
            byte[] whole = GoldenFiles.Read(name);
            for (int i = 0; i < 60; i++)
            {
                byte[] damaged = [.. whole.AsSpan(0, i % 2 == 0 ? whole.Length : random.Next(whole.Length))];
                for (int change = 0; change < 4 && damaged.Length > 16; change++)
                    damaged[random.Next(12, Math.Min(damaged.Length, 400))] = (byte)random.Next(256);
                try
                {
                    _ = _preprocessor.Inspect(damaged).Cost;
                }
                catch (InvalidImageException)
                {
                    // What damaged files are for.
                }
            }
        }
    }

    private static TimeSpan TimeOf(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start);
    }

    [Fact]
    public void DecodeTime_CountsWhatTheThreadUsed_NotWhatItWaited()
    {
        ImageLimits limits = new ImagingOptions { MaxDecodeTime = TimeSpan.FromMilliseconds(20) }.Limits;
        DecodeTime waited = new(limits, default);
        using (ManualResetEventSlim never = new()) never.Wait(60);
        waited.Check();

        long begun = Stopwatch.GetTimestamp();
        DecodeTime used = new(limits, default);
        InvalidImageException refusal = Assert.Throws<InvalidImageException>(() =>
        {
            while (Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(10)) used.Check();
        });
        Assert.Equal(InvalidImageReason.TooCostly, refusal.Reason);
    }
}
