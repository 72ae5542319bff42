namespace Export.Architectures;

/// <summary>A convolution without bias and the batch normalisation behind it.</summary>
/// <param name="Name">Name of the convolution, for example "layer1.0.conv2".</param>
/// <param name="Norm">Name of its batch normalisation, for example "layer1.0.bn2".</param>
/// <param name="In">Input channels.</param>
/// <param name="Out">Output channels.</param>
/// <param name="Kernel">Height and width of the kernel; the padding keeps the size at stride 1.</param>
/// <param name="Stride">Step in both directions.</param>
/// <param name="Groups">Groups of channels.</param>
public sealed record ConvolutionLayer(string Name, string Norm, int In, int Out, int Kernel, int Stride, int Groups)
{
    /// <summary>The statistics and parameters of a batch normalisation, each [Out].</summary>
    public static IReadOnlyList<string> NormTensors { get; } = ["weight", "bias", "running_mean", "running_var"];

    /// <summary>Sizes of the kernel tensor: out, in per group, height, width.</summary>
    public IReadOnlyList<int> WeightSizes => [Out, In / Groups, Kernel, Kernel];

    /// <summary>Elements of the kernel tensor that make one output channel.</summary>
    public int RowLength => In / Groups * Kernel * Kernel;

    /// <summary>Tensors that PyTorch keeps for this layer.</summary>
    public IEnumerable<TensorShape> Tensors =>
        NormTensors.Select(name => new TensorShape($"{Norm}.{name}", [Out])).Prepend(new TensorShape($"{Name}.weight", WeightSizes));

    /// <summary>Learnable parameters: kernel, scale, shift.</summary>
    public long Parameters => ((long)Out * RowLength) + (2L * Out);
}
