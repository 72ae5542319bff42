using Imaging.Tests.Oracles;
using ModelStore;

namespace Imaging.Tests;

public class ImagePreprocessorTests
{
    private readonly ImagePreprocessor _preprocessor;

    public ImagePreprocessorTests()
        : this(useTurboJpeg: true)
    {
    }

    protected ImagePreprocessorTests(bool useTurboJpeg) => _preprocessor = new(new ImagingOptions(), useTurboJpeg);

    [Fact]
    public void Prepare_FromManyThreads_GivesEachItsOwnImage()
    {
        string[] names = [.. GoldenFiles.Expected.Keys.Where(name =>
            name.StartsWith("jpeg", StringComparison.Ordinal) || name.StartsWith("png", StringComparison.Ordinal))];
        Dictionary<string, string> alone = names.ToDictionary(name => name, name => Digests.Of(_preprocessor, GoldenFiles.Read(name)));
        Parallel.For(0, 800, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            string name = names[i % names.Length];
            Assert.Equal(alone[name], Digests.Of(_preprocessor, GoldenFiles.Read(name)));
        });
        Assert.Equal(0, _preprocessor.OutstandingBuffers);
    }

    [Fact]
    public void Dispose_CalledTwice_ReturnsTheBufferOnce()
    {
        byte[] encoded = GoldenFiles.Read("jpeg-420.jpg");
        PreparedImage image = _preprocessor.Preprocess(encoded, PreprocessingRecipe.ImageNet, out _);
        Assert.Equal(1, _preprocessor.OutstandingBuffers);
        image.Dispose();
        image.Dispose();
        Assert.Equal(0, _preprocessor.OutstandingBuffers);
        Assert.Throws<ObjectDisposedException>(() => image.Memory);
        using PreparedImage first = _preprocessor.Preprocess(encoded, PreprocessingRecipe.ImageNet, out _);
        using PreparedImage second = _preprocessor.Preprocess(encoded, PreprocessingRecipe.ImageNet, out _);
        Assert.False(first.Memory.Span.Overlaps(second.Memory.Span));
    }

    [Fact]
    public void Prepare_SteadyState_AllocatesNextToNothing()
    {
        byte[] encoded = GoldenFiles.Read("shape-1500x1100.jpg");
        for (int i = 0; i < 5; i++) _preprocessor.Preprocess(encoded, PreprocessingRecipe.ImageNet, out _).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++) _preprocessor.Preprocess(encoded, PreprocessingRecipe.ImageNet, out _).Dispose();
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 20, 0, 1_000);
    }

    [Fact]
    public void Prepare_Timed_SplitsTheTimeIntoDecodeAndPrepare()
    {
        using PreparedImage image = _preprocessor.Preprocess(
            GoldenFiles.Read("shape-1500x1100.jpg"), PreprocessingRecipe.ImageNet, out ImageTimings timings);
        Assert.True(timings.Decode > TimeSpan.Zero && timings.Prepare > TimeSpan.Zero);
        Assert.Equal((1500, 1100, 3 * 224 * 224), (image.SourceWidth, image.SourceHeight, image.Memory.Length));
    }

    [Fact]
    public void Prepare_EncodedInTheMiddleOfABuffer_ReadsOnlyItsPart()
    {
        byte[] encoded = GoldenFiles.Read("png-rgba.png");
        byte[] buffer = [.. new byte[100], .. encoded, .. new byte[100]];
        Assert.Equal(Digests.Of(_preprocessor, encoded), Digests.Of(_preprocessor, buffer.AsMemory(100, encoded.Length)));
    }

    [Fact]
    public void Prepare_UnknownInterpolation_IsNotSupported()
    {
        PreprocessingRecipe bicubic = PreprocessingRecipe.ImageNet with { Interpolation = "bicubic" };
        Assert.Throws<NotSupportedException>(() => _preprocessor.Preprocess(GoldenFiles.Read("jpeg-420.jpg"), bicubic, out _));
    }
}
