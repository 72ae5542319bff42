using Export.Architectures;
using Export.Weights;

namespace Export.Tests.Writers;

/// <summary>
/// The weights of Goldens/make_goldens.py, bit for bit: FNV-1a of the tensor's name, a murmur3 finaliser per element, 24 bits of it
/// as a number in [-1, 1).
/// </summary>
internal sealed class FormulaWeights : WeightSource
{
    private readonly Dictionary<string, (float Centre, float Spread)> _distributions = [];

    public FormulaWeights(ResNetArchitecture architecture)
    {
        foreach (TensorShape tensor in architecture.Tensors) _distributions[tensor.Name] = Distribution(tensor);
    }

    public override void Read(string tensor, long first, Span<float> destination)
    {
        (float centre, float spread) = _distributions[tensor];
        Uniform(tensor, first, destination);
        foreach (ref float value in destination) value = centre + (spread * value);
    }

    /// <summary>The input images of the goldens: coarse blocks of 56 pixels and fine noise.</summary>
    public static float[] Images(int count)
    {
        float[] fine = new float[count * 3 * 224 * 224], coarse = new float[count * 3 * 4 * 4];
        Uniform("input", 0, fine);
        Uniform("input.coarse", 0, coarse);
        for (int index = 0; index < fine.Length; index++)
        {
            int plane = index / (224 * 224), y = index / 224 % 224, x = index % 224;
            fine[index] = (0.5f * fine[index]) + (1.5f * coarse[(((plane * 4) + (y / 56)) * 4) + (x / 56)]);
        }

        return fine;
    }

    private static void Uniform(string name, long first, Span<float> destination)
    {
        uint seed = 0x811C9DC5;
        foreach (char c in name) seed = (seed ^ c) * 0x01000193;
        for (int index = 0; index < destination.Length; index++)
        {
            uint h = ((uint)(first + index) * 0x9E3779B1) + seed;
            h = (h ^ (h >> 16)) * 0x85EBCA6B;
            h = (h ^ (h >> 13)) * 0xC2B2AE35;
            destination[index] = (((h ^ (h >> 16)) >> 8) * (2f / (1 << 24))) - 1f;
        }
    }

    private static (float Centre, float Spread) Distribution(TensorShape tensor)
    {
        if (tensor.Sizes.Count > 1) return (0, (float)Math.Sqrt(6.0 / (tensor.Count / tensor.Sizes[0])));
        if (tensor.Name.EndsWith("running_var", StringComparison.Ordinal)) return (1f, 0.5f);
        return tensor.Name.EndsWith("weight", StringComparison.Ordinal) ? (0.5f, 0.2f) : (0f, 0.2f);
    }
}
