namespace Imaging.Decoding;

/// <summary>Consecutive rows of 3-byte pixels in memory owned by the source.</summary>
/// <param name="Pixels">First byte of the first row.</param>
/// <param name="Stride">Bytes from one row to the next.</param>
/// <param name="Count">Number of rows, at least 1.</param>
internal readonly unsafe record struct RgbStrip(nint Pixels, int Stride, int Count)
{
    public byte* Row(int index) => (byte*)Pixels + ((nint)index * Stride);
}
