namespace Export.Checkpoints;

/// <summary>A view of a storage as a pickle describes it, not yet checked against the storage.</summary>
/// <param name="Storage">Where the elements are.</param>
/// <param name="Offset">First element inside the storage.</param>
/// <param name="Size">Sizes, outermost first.</param>
/// <param name="Stride">Steps in elements, one for each size.</param>
internal sealed record TensorReference(StorageReference Storage, long Offset, long[] Size, long[] Stride);
