namespace Benchmarks.Load.Measurement;

/// <summary>Managed allocation of a saturated stretch.</summary>
/// <param name="BytesPerImage">Without background and receive buffers: what one more image costs.</param>
/// <param name="RawBytesPerImage">Everything, divided by the images.</param>
/// <param name="BufferBytesPerImage">
/// Receive buffers of the web server, which carry bodies and are given back and made anew as load changes.
/// </param>
/// <param name="Background">Measured just before.</param>
/// <param name="Gen2Collections">Full collections.</param>
internal sealed record AllocationResult(
    double BytesPerImage, double RawBytesPerImage, double BufferBytesPerImage, AllocationBackground Background, double Gen2Collections);
