namespace Export.Quantization;

/// <summary>
/// The first convolution, 7×7 in steps of 2 on 3 channels, as one of 4×4 in steps of 1 on 12 channels: ONNX's SpaceToDepth lays each
/// 2×2 block of pixels into the channels first. ONNX Runtime's fast int8 kernel wants multiples of 4 channels; the answers are the same.
/// </summary>
internal static class SpaceToDepthKernel
{
    /// <summary>Height and width of the kernel before and after.</summary>
    public const int Before = 7, After = 4;

    /// <summary>Side of a block of pixels.</summary>
    public const int Block = 2;

    private const int Channels = 3;

    /// <summary>Sizes of the rearranged kernel behind the output channels.</summary>
    public static IReadOnlyList<int> Sizes { get; } = [Channels * Block * Block, After, After];

    /// <summary>Padding at top, left, bottom, right: one row and column of zeros was added to the kernel at the top and left.</summary>
    public static long[] Pads { get; } = [2, 2, 1, 1];

    /// <summary>Elements of one output channel's kernel after rearranging.</summary>
    public static int RowLength => Channels * Block * Block * After * After;

    /// <summary>Whether a kernel of these sizes is the one meant.</summary>
    public static bool Fits(IReadOnlyList<int> sizes) => sizes is [_, Channels, Before, Before];

    /// <summary>Rearranges one output channel's kernel.</summary>
    /// <param name="row">3 × 7 × 7 elements: channel, y, x.</param>
    /// <param name="rearranged">Receives 12 × 4 × 4: the channels in SpaceToDepth's order (y in the block, x in the block,
    /// channel).</param>
    public static void Rearrange(ReadOnlySpan<sbyte> row, Span<sbyte> rearranged)
    {
        rearranged.Clear();
        for (int channel = 0; channel < Channels; channel++)
        {
            for (int y = 1; y <= Before; y++)
            {
                for (int x = 1; x <= Before; x++)
                {
                    int deep = (((y % Block * Block) + (x % Block)) * Channels) + channel;
                    rearranged[(((deep * After) + (y / Block)) * After) + (x / Block)] =
                        row[(((channel * Before) + y - 1) * Before) + x - 1];
                }
            }
        }
    }
}
