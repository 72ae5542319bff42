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

    /// <summary>Reads the header, in microseconds, and refuses by it what is not read or costs too much.</summary>
    /// <param name="encoded">The whole file; its format is recognised by its bytes.</param>
    /// <exception cref="InvalidImageException">Not a format that is read, a damaged header, or over a limit.</exception>
    public ImageHeader Inspect(ReadOnlySpan<byte> encoded) => ImageInspection.Inspect(encoded, _limits);

    /// <summary>Inspects, decodes and prepares one image. The input is read in place and not needed afterwards.</summary>
    /// <param name="encoded">The file as uploaded.</param>
    /// <param name="recipe">Of the model that will see the image; only bilinear interpolation and crop ≤ resize are known.</param>
    /// <param name="timings">Time spent decoding and preparing.</param>
    /// <returns>Pooled memory that the caller owns and must dispose.</returns>
    /// <exception cref="InvalidImageException">Not an image that is read; no memory is held.</exception>
    /// <exception cref="NotSupportedException">The recipe is not known.</exception>
    public PreparedImage Preprocess(ReadOnlyMemory<byte> encoded, PreprocessingRecipe recipe, out ImageTimings timings) =>
        Preprocess(encoded, recipe, [], out timings);

    /// <summary>Decodes and prepares an image that was inspected.</summary>
    /// <param name="encoded">The same file.</param>
    /// <param name="header">What <see cref="Inspect"/> gave.</param>
    /// <param name="recipe">Of the model that will see the image.</param>
    /// <param name="timings">Time spent decoding and preparing.</param>
    /// <param name="cancellation">Looked at between two strips of rows.</param>
    /// <returns>Pooled memory that the caller owns and must dispose.</returns>
    /// <exception cref="InvalidImageException">
    /// Damaged, or not decoded in the time that one picture may take; no memory is held.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled; no memory is held.</exception>
    /// <exception cref="NotSupportedException">The recipe is not known.</exception>
    public PreparedImage Preprocess(
        ReadOnlyMemory<byte> encoded, ImageHeader header, PreprocessingRecipe recipe, out ImageTimings timings,
        CancellationToken cancellation) =>
        Preprocess(encoded, header, recipe, [], out timings, cancellation);

    /// <summary>
    /// As the public methods; <paramref name="bytes"/>, if not empty, also receives the 3 × crop × crop bytes before normalising, planes
    /// R, G, B.
    /// </summary>
    internal PreparedImage Preprocess(
        ReadOnlyMemory<byte> encoded, PreprocessingRecipe recipe, Span<byte> bytes, out ImageTimings timings) =>
        Preprocess(encoded, Inspect(encoded.Span), recipe, bytes, out timings, CancellationToken.None);

    private unsafe PreparedImage Preprocess(
        ReadOnlyMemory<byte> encoded, ImageHeader header, PreprocessingRecipe recipe, Span<byte> bytes, out ImageTimings timings,
        CancellationToken cancellation)
    {
        if (recipe.Interpolation != "bilinear" || recipe.Crop > recipe.Resize || recipe.Crop < 1)
            throw new NotSupportedException($"Only bilinear recipes with 1 <= crop <= resize are known, not {recipe}.");
        ArgumentOutOfRangeException.ThrowIfNotEqual(encoded.Length, header.Length);
        long start = Stopwatch.GetTimestamp();
        DecodeTime allowed = new(_limits, cancellation);
        using MemoryHandle pin = encoded.Pin();
        using RgbRows rows = ImageDecoder.Open((byte*)pin.Pointer, header, allowed, _turboJpeg);
        ResizePlan plan = _plans.Get(rows.Width, rows.Height, recipe.Resize, recipe.Crop);
        NormalizationTable table = _tables.GetValue(recipe, static key => new(key));
        long opened = Stopwatch.GetTimestamp();
        float[] tensor = _pool.Rent(recipe.TensorLength);
        try
        {
            long decoding = ResizeCropNormalize.Run(rows, allowed, plan, table, tensor, bytes);
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
