using Export.Checkpoints;

namespace Export.Weights;

/// <summary>The tensors of an open checkpoint.</summary>
public sealed class CheckpointWeights(Checkpoint checkpoint) : WeightSource
{
    private string? _gathered;
    private float[] _values = [];

    /// <inheritdoc/>
    public override void Read(string tensor, long first, Span<float> destination)
    {
        CheckpointTensor found = checkpoint.Find(tensor)
            ?? throw new CheckpointException($"{checkpoint.Path}: tensor '{tensor}' is missing.");
        if (found.Strides is null)
        {
            checkpoint.Read(found, first, destination);
            return;
        }

        // Another stored order needs the whole tensor at once; it is kept while its pieces are asked for.
        if (_gathered != tensor)
        {
            _values = new float[found.Count];
            checkpoint.Read(found, 0, _values);
            _gathered = tensor;
        }

        _values.AsSpan((int)first, destination.Length).CopyTo(destination);
    }
}
