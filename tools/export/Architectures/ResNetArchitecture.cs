namespace Export.Architectures;

/// <summary>
/// A member of torchvision's ResNet family ("V1.5": a bottleneck's stride is on its 3×3 convolution), described as torchvision's
/// constructor is called. See torchvision/models/resnet.py.
/// </summary>
public sealed class ResNetArchitecture
{
    /// <summary>Planes of the four stages; fixed in the family.</summary>
    private static readonly int[] Planes = [64, 128, 256, 512];

    /// <param name="bottleneck">Bottleneck blocks (1×1, 3×3, 1×1) or basic ones (3×3, 3×3).</param>
    /// <param name="blocks">Blocks in each of the four stages.</param>
    /// <param name="groups">Groups of the 3×3 convolutions; 1 for basic blocks.</param>
    /// <param name="widthPerGroup">Channels per group in the first stage; 64 for basic blocks.</param>
    /// <param name="classes">Length of a row of logits.</param>
    public ResNetArchitecture(bool bottleneck, IReadOnlyList<int> blocks, int groups, int widthPerGroup, int classes)
    {
        (Bottleneck, Blocks, Groups, WidthPerGroup, Classes) = (bottleneck, blocks, groups, widthPerGroup, classes);
        ResidualBlocks = [.. BuildBlocks()];
    }

    public bool Bottleneck { get; }

    public IReadOnlyList<int> Blocks { get; }

    public int Groups { get; }

    public int WidthPerGroup { get; }

    public int Classes { get; }

    /// <summary>torchvision's name of it, for example "resnext101_32x8d"; see <see cref="ResNetNames"/>.</summary>
    public string Name => ResNetNames.NameOf(this);

    /// <summary>7×7 convolution at the input.</summary>
    public ConvolutionLayer Stem { get; } = new("conv1", "bn1", 3, 64, 7, 2, 1);

    /// <summary>All blocks, first stage first.</summary>
    public IReadOnlyList<ResidualBlock> ResidualBlocks { get; }

    /// <summary>Channels at the end, the input of the last layer: 512 or 2048.</summary>
    public int Features => Planes[^1] * Expansion;

    /// <summary>All convolutions, in the order PyTorch lists them.</summary>
    public IEnumerable<ConvolutionLayer> Convolutions =>
        ResidualBlocks.SelectMany(block => block.Downsample is null ? block.Path : block.Path.Append(block.Downsample)).Prepend(Stem);

    /// <summary>Every tensor a checkpoint must hold, besides the counters "num_batches_tracked", which are tolerated and ignored.</summary>
    public IEnumerable<TensorShape> Tensors =>
        Convolutions.SelectMany(layer => layer.Tensors).Append(new("fc.weight", [Classes, Features])).Append(new("fc.bias", [Classes]));

    /// <summary>Learnable parameters, as PyTorch counts them.</summary>
    public long Parameters => Convolutions.Sum(layer => layer.Parameters) + ((long)Classes * (Features + 1));

    private int Expansion => Bottleneck ? 4 : 1;

    private IEnumerable<ResidualBlock> BuildBlocks()
    {
        int channels = 64;
        for (int stage = 0; stage < Planes.Length; stage++)
        {
            for (int index = 0; index < Blocks[stage]; index++)
            {
                int stride = stage > 0 && index == 0 ? 2 : 1, output = Planes[stage] * Expansion;
                string name = $"layer{stage + 1}.{index}";
                ConvolutionLayer? downsample = index == 0 && (stride != 1 || channels != output)
                    ? new($"{name}.downsample.0", $"{name}.downsample.1", channels, output, 1, stride, 1)
                    : null;
                ConvolutionLayer[] path = Bottleneck
                    ? BottleneckPath(name, channels, stage, stride)
                    : BasicPath(name, channels, stage, stride);
                yield return new ResidualBlock(name, path, downsample);
                channels = output;
            }
        }
    }

    private static ConvolutionLayer[] BasicPath(string name, int channels, int stage, int stride) =>
    [
        new($"{name}.conv1", $"{name}.bn1", channels, Planes[stage], 3, stride, 1),
        new($"{name}.conv2", $"{name}.bn2", Planes[stage], Planes[stage], 3, 1, 1),
    ];

    private ConvolutionLayer[] BottleneckPath(string name, int channels, int stage, int stride)
    {
        // torchvision: int(planes * (base_width / 64.0)) * groups; exact in integers, because planes is a multiple of 64.
        int width = Planes[stage] / 64 * WidthPerGroup * Groups;
        return
        [
            new($"{name}.conv1", $"{name}.bn1", channels, width, 1, 1, 1),
            new($"{name}.conv2", $"{name}.bn2", width, width, 3, stride, Groups),
            new($"{name}.conv3", $"{name}.bn3", width, Planes[stage] * 4, 1, 1, 1),
        ];
    }
}
