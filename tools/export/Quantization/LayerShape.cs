using Export.Onnx;

namespace Export.Quantization;

/// <summary>Sizes of a layer with weights; a Gemm is a convolution of one pixel.</summary>
/// <param name="Outputs">Output channels.</param>
/// <param name="Channels">Input channels in a group.</param>
/// <param name="Kernel">Height and width of the kernel.</param>
/// <param name="Stride">Step in both directions.</param>
/// <param name="Padding">Zeros around the input, on each side.</param>
/// <param name="Groups">Groups of channels.</param>
internal readonly record struct LayerShape(int Outputs, int Channels, int Kernel, int Stride, int Padding, int Groups)
{
    /// <summary>
    /// Most weights of an output channel that are rounded together. The cost grows with its square; 576 is a 3×3 kernel on 64 channels.
    /// </summary>
    private const int MostColumns = 576;

    /// <summary>Weights of one output channel: the columns of the layer's matrix.</summary>
    public int Columns => Channels * Taps;

    /// <summary>Height × width of the kernel.</summary>
    public int Taps => Kernel * Kernel;

    /// <summary>Columns that are rounded together, whole input channels; the last piece may be shorter.</summary>
    public int PieceColumns => Math.Max(1, MostColumns / Taps) * Taps;

    /// <summary>Pieces of one group's columns.</summary>
    public int Pieces => (Columns + PieceColumns - 1) / PieceColumns;

    /// <summary>The shape of a Conv or Gemm node.</summary>
    public static LayerShape Of(OnnxNode node, OnnxInitializer weights) => node.Type == "Conv"
        ? new LayerShape(
            weights.Sizes[0],
            weights.Sizes[1],
            weights.Sizes[2],
            node.NumberOf("strides"),
            node.NumberOf("pads"),
            node.NumberOf("group"))
        : new LayerShape(weights.Sizes[0], weights.Sizes[1], 1, 1, 0, 1);

    /// <summary>Columns in a piece.</summary>
    /// <param name="piece">0 to <see cref="Pieces"/> - 1.</param>
    public int ColumnsOf(int piece) => Math.Min(PieceColumns, Columns - (piece * PieceColumns));

    /// <summary>Height and width of the output.</summary>
    /// <param name="side">Height and width of the input.</param>
    public int OutputSide(int side) => ((side + (2 * Padding) - Kernel) / Stride) + 1;
}
