namespace Imaging;

/// <summary>Where one image's time went; the two are interleaved strip by strip, so each is a sum.</summary>
/// <param name="Decode">Time inside the decoder, header included.</param>
/// <param name="Prepare">Time for resize, crop and normalise.</param>
public readonly record struct ImageTimings(TimeSpan Decode, TimeSpan Prepare);
