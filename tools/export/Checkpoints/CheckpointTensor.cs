namespace Export.Checkpoints;

/// <summary>One named tensor of a checkpoint and where its elements lie in the file.</summary>
/// <param name="Name">Name in the state dictionary, without a "module." prefix.</param>
/// <param name="Type">Type of the stored elements.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="Strides">Steps in elements where the stored order is another one (channels-last, for example); null if contiguous.</param>
/// <param name="Position">Offset of the first element in the file, in bytes.</param>
public sealed record CheckpointTensor(
    string Name, ElementType Type, IReadOnlyList<int> Shape, IReadOnlyList<long>? Strides, long Position)
{
    /// <summary>Number of elements.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Bytes the elements take in the file.</summary>
    public long Bytes => Count * ElementTypes.SizeOf(Type);
}
