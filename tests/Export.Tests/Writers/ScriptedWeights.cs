using Export.Architectures;
using Export.Weights;

namespace Export.Tests.Writers;

/// <summary>One layer's tensors in memory, seeded, for tests to damage.</summary>
internal sealed class ScriptedWeights : WeightSource
{
    private readonly Dictionary<string, float[]> _tensors = [];

    public ScriptedWeights(ConvolutionLayer layer)
    {
        Random random = new(42);
        foreach (TensorShape tensor in layer.Tensors)
            _tensors[tensor.Name] = [.. Enumerable.Range(0, (int)tensor.Count).Select(
                _ => tensor.Name.EndsWith("_var", StringComparison.Ordinal) ? random.NextSingle() + 0.01f : random.NextSingle() - 0.5f)];
        _tensors[layer.Norm + ".weight"][0] = 2f;
    }

    public float[] this[string tensor] => _tensors[tensor];

    public override void Read(string tensor, long first, Span<float> destination) =>
        _tensors[tensor].AsSpan((int)first, destination.Length).CopyTo(destination);
}
