namespace Export.Weights;

/// <summary>Where a network's tensors come from: a checkpoint or a generator.</summary>
public abstract class WeightSource
{
    /// <summary>Reads consecutive elements of a tensor, in row-major order.</summary>
    /// <param name="tensor">Name in the state dictionary.</param>
    /// <param name="first">First element.</param>
    /// <param name="destination">Filled completely.</param>
    public abstract void Read(string tensor, long first, Span<float> destination);

    /// <summary>A whole small tensor, such as a batch normalisation's means.</summary>
    public float[] ReadAll(string tensor, int count)
    {
        float[] values = new float[count];
        Read(tensor, 0, values);
        return values;
    }
}
