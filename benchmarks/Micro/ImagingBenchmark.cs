using BenchmarkDotNet.Attributes;
using Imaging;
using Imaging.Decoding;
using ModelStore;

namespace Benchmarks.Micro;

/// <summary>
/// One photograph of 110 KB: decoding alone, and the whole way to the tensor. BENCH_PICTURES names the folder it is taken from.
/// </summary>
[MemoryDiagnoser]
public class ImagingBenchmark
{
    private const int TypicalBytes = 110_000;

    private readonly ImagingOptions _options = new();
    private ImagePreprocessor? _preprocessor;
    private byte[] _picture = [];

    /// <summary>Whether libturbojpeg may decode; where it is not installed both rows are libvips.</summary>
    [Params(false, true)]
    public bool TurboJpeg { get; set; }

    [GlobalSetup]
    public void Read()
    {
        string folder = Environment.GetEnvironmentVariable("BENCH_PICTURES")
            ?? throw new InvalidOperationException("BENCH_PICTURES must name a folder of JPEGs; bench.sh sets it.");
        _picture = Directory.GetFiles(folder).Select(File.ReadAllBytes).MinBy(bytes => Math.Abs(bytes.Length - TypicalBytes))!;
        _preprocessor = new ImagePreprocessor(_options, TurboJpeg);
    }

    [Benchmark(Baseline = true)]
    public unsafe int Decode()
    {
        fixed (byte* first = _picture)
        {
            using RgbRows rows = ImageDecoder.Open(first, _preprocessor!.Inspect(_picture), new(_options.Limits, default), TurboJpeg);
            int read = 0;
            while (read < rows.Height) read += rows.Next().Count;
            return read;
        }
    }

    [Benchmark]
    public int Prepare()
    {
        using PreparedImage image = _preprocessor!.Preprocess(_picture, PreprocessingRecipe.ImageNet, out _);
        return image.SourceWidth;
    }
}
