using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ModelStore;

namespace Imaging.Resizing;

/// <summary>
/// The 3 × 256 floats that ToTensor and Normalize can produce: value / 255, less the mean, divided by the standard deviation, each step
/// rounded to float. A table gives these three roundings exactly; a multiply-add would differ in the last bit.
/// </summary>
internal sealed class NormalizationTable
{
    private readonly float[] _values = new float[3 * 256];

    public NormalizationTable(PreprocessingRecipe recipe)
    {
        for (int channel = 0; channel < 3; channel++)
        {
            for (int value = 0; value < 256; value++)
            {
                float unit = value / 255f;
                float centered = unit - recipe.Mean[channel];
                _values[(channel * 256) + value] = centered / recipe.Std[channel];
            }
        }
    }

    /// <summary>Looks up one row of one channel (0 = R, 1 = G, 2 = B); <paramref name="output"/> has at least its length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Row(int channel, ReadOnlySpan<byte> bytes, Span<float> output)
    {
        Span<float> target = output[..bytes.Length];
        // A byte cannot leave the channel's 256 entries, so the loop needs no bounds checks; they would double its time.
        ref float table = ref _values[channel * 256];
        ref byte source = ref MemoryMarshal.GetReference(bytes);
        ref float result = ref MemoryMarshal.GetReference(target);
        for (int x = 0; x < target.Length; x++) Unsafe.Add(ref result, x) = Unsafe.Add(ref table, (int)Unsafe.Add(ref source, x));
    }
}
