using Export.Architectures;

namespace Export.Weights;

/// <summary>
/// Seeded random weights of the right shapes. The answers mean nothing, but activations stay finite at any depth and logits differ
/// between images, so everything around the network can be tried without the licensed weights. Element i of a tensor depends only
/// on seed, name and i: the same on every machine, in any order of reading.
/// </summary>
public sealed class SyntheticWeights : WeightSource
{
    /// <summary>
    /// Scale of the last normalisation of a block's path. With 1, each block would double the variance (2³³ at 101 layers);
    /// with 0.3 it grows by 9 % a block.
    /// </summary>
    private const float ResidualScale = 0.3f;

    /// <summary>Spread of the logits: wide enough that one class stands out, as a trained network's do.</summary>
    private const float LogitGain = 3f;

    private readonly int _seed;
    private readonly Dictionary<string, int> _fanIn = [];
    private readonly HashSet<string> _lastNorms = [];

    public SyntheticWeights(ResNetArchitecture architecture, int seed)
    {
        _seed = seed;
        foreach (ConvolutionLayer layer in architecture.Convolutions) _fanIn[layer.Name + ".weight"] = layer.RowLength;
        _fanIn["fc.weight"] = architecture.Features;
        foreach (ResidualBlock block in architecture.ResidualBlocks) _lastNorms.Add(block.Path[^1].Norm + ".weight");
    }

    /// <inheritdoc/>
    public override void Read(string tensor, long first, Span<float> destination)
    {
        ulong stream = Mix(Hash(tensor) ^ ((ulong)(uint)_seed * 0x9e3779b97f4a7c15));
        (float centre, float spread) = Distribution(tensor);
        for (int index = 0; index < destination.Length; index++)
        {
            // 24 bits of a counter-based generator (splitmix64), so that every value is exact in float32.
            uint bits = (uint)(Mix(stream + ((ulong)(first + index) * 0x9e3779b97f4a7c15)) >> 40);
            destination[index] = centre + (spread * ((bits * (2f / (1 << 24))) - 1f));
        }
    }

    // Uniform in centre ± spread. Kernels: He's variance 2 / fan-in, which keeps the second moment through convolution and ReLU.
    private (float Centre, float Spread) Distribution(string tensor)
    {
        if (tensor == "fc.weight") return (0, LogitGain * MathF.Sqrt(3f / _fanIn[tensor]));
        if (_fanIn.TryGetValue(tensor, out int fanIn)) return (0, MathF.Sqrt(6f / fanIn));
        if (tensor.EndsWith(".running_var", StringComparison.Ordinal)) return (1f, 0.2f);
        if (tensor.EndsWith(".weight", StringComparison.Ordinal)) return (_lastNorms.Contains(tensor) ? ResidualScale : 1f, 0.1f);
        return (0, 0.1f);
    }

    // FNV-1a over the name's characters; string.GetHashCode differs from process to process.
    private static ulong Hash(string text)
    {
        ulong hash = 0xcbf29ce484222325;
        foreach (char c in text) hash = (hash ^ c) * 0x100000001b3;
        return hash;
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
