namespace Export.Architectures;

/// <summary>One residual block: a path of convolutions beside an identity or a 1×1 convolution.</summary>
/// <param name="Name">For example "layer1.0".</param>
/// <param name="Path">Two (basic) or three (bottleneck) convolutions, in order.</param>
/// <param name="Downsample">The shortcut's convolution where the shape changes, else null.</param>
public sealed record ResidualBlock(string Name, IReadOnlyList<ConvolutionLayer> Path, ConvolutionLayer? Downsample);
