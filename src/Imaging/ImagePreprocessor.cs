using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Imaging.Decoding;
using Imaging.Decoding.TurboJpeg;
using Imaging.Resizing;
using ModelStore;

namespace Imaging;

/// <summary>
/// Encoded bytes to model input: decode, resize, centre crop, normalise, bit-equal to Pillow 9.4 and torchvision 0.14. Thread-safe; each
/// call runs on its caller's thread alone, so images go in parallel and the caller bounds how many.
/// </summary>
public sealed class ImagePreprocessor
{
    private readonly ImageLimits _limits;
    private readonly bool _turboJpeg;
    private readonly TensorPool _pool;
    private readonly ResizePlanCache _plans = new();
    private readonly ConditionalWeakTable<PreprocessingRecipe, NormalizationTable> _tables = [];

    /// <param name="options">The limits to keep.</param>
    public ImagePreprocessor(ImagingOptions options)
        : this(options, useTurboJpeg: true)
    {
    }

    /// <param name="options">The limits to keep.</param>
    /// <param name="useTurboJpeg">False: libvips decodes every JPEG, also where libturbojpeg is installed.</param>
    internal ImagePreprocessor(ImagingOptions options, bool useTurboJpeg)
    {
        _limits = options.Limits;
        _turboJpeg = useTurboJpeg && TurboJpegLibrary.IsUsable;
        _pool = new(options.PooledBuffers);
    }

    /// <summary>What decodes sound JPEGs of common kinds and sizes: "libturbojpeg" where it is installed, else "libvips".</summary>
    public string JpegDecoder => _turboJpeg ? "libturbojpeg" : "libvips";

    /// <summary>Prepared images that were handed out and not yet disposed.</summary>
    internal int OutstandingBuffers => _pool.Outstanding;

    /// <summary>Reads the first bytes only.</summary>
    /// <exception cref="InvalidImageException">They are of no format that is read.</exception>
    public static void Inspect(ReadOnlySpan<byte> encoded) => ImageSignature.Detect(encoded);

    /// <summary>Decodes and prepares one image. The input is read in place and not needed afterwards.</summary>
    /// <param name="encoded">The file as uploaded; its format is recognised by its bytes.</param>
    /// <param name="recipe">Of the model that will see the image; only bilinear interpolation and crop ≤ resize are known.</param>
    /// <param name="timings">Time spent decoding and preparing.</param>
    /// <returns>Pooled memory that the caller owns and must dispose.</returns>
    /// <exception cref="InvalidImageException">Not an image that is read; no memory is held.</exception>
    /// <exception cref="NotSupportedException">The recipe is not known.</exception>
    public PreparedImage Preprocess(ReadOnlyMemory<byte> encoded, PreprocessingRecipe recipe, out ImageTimings timings) =>
        Preprocess(encoded, recipe, [], out timings);

    /// <summary>
    /// As the public method; <paramref name="bytes"/>, if not empty, also receives the 3 × crop × crop bytes before normalising, planes
    /// R, G, B.
    /// </summary>
    internal unsafe PreparedImage Preprocess(
        ReadOnlyMemory<byte> encoded, PreprocessingRecipe recipe, Span<byte> bytes, out ImageTimings timings)
    {
        if (recipe.Interpolation != "bilinear" || recipe.Crop > recipe.Resize || recipe.Crop < 1)
            throw new NotSupportedException($"Only bilinear recipes with 1 <= crop <= resize are known, not {recipe}.");
        long start = Stopwatch.GetTimestamp();
        using MemoryHandle pin = encoded.Pin();
        using RgbRows rows = ImageDecoder.Open((byte*)pin.Pointer, encoded.Length, _limits, _turboJpeg);
        ResizePlan plan = _plans.Get(rows.Width, rows.Height, recipe.Resize, recipe.Crop);
        NormalizationTable table = _tables.GetValue(recipe, static key => new(key));
        long opened = Stopwatch.GetTimestamp();
        float[] tensor = _pool.Rent(recipe.TensorLength);
        try
        {
            long decoding = ResizeCropNormalize.Run(rows, plan, table, tensor, bytes);
            long prepared = Stopwatch.GetTimestamp();
            rows.Dispose(); // the decoder's tidying up is a tenth of its time, and is counted as such
            long done = Stopwatch.GetTimestamp();
            TimeSpan decode = Stopwatch.GetElapsedTime(0, opened - start + decoding + (done - prepared));
            timings = new(decode, Stopwatch.GetElapsedTime(start, done) - decode);
            return new(_pool, tensor, rows.Width, rows.Height);
        }
        catch
        {
            _pool.Return(tensor);
            throw;
        }
    }
}
