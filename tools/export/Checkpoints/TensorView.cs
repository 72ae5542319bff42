namespace Export.Checkpoints;

/// <summary>Checks a tensor's description against its storage and finds where its elements lie.</summary>
internal static class TensorView
{
    /// <summary>Highest rank in the ResNet family: a convolution's [out, in, height, width].</summary>
    private const int MaxRank = 4;

    /// <summary>Places a tensor in the file.</summary>
    /// <param name="name">For messages and the result.</param>
    /// <param name="tensor">What the pickle says.</param>
    /// <param name="storagePosition">Offset of the storage's first element in the file, in bytes.</param>
    /// <exception cref="CheckpointException">Any element would lie outside the storage, or the elements are not dense.</exception>
    public static CheckpointTensor Place(string name, TensorReference tensor, long storagePosition)
    {
        string shown = PickleGlobals.Printable(name);
        if (tensor.Size.Length != tensor.Stride.Length || tensor.Size.Length > MaxRank)
            throw new CheckpointException($"tensor '{shown}' has {tensor.Size.Length} sizes and {tensor.Stride.Length} strides.");
        int[] shape = Shape(shown, tensor.Size);
        long count = Count(shown, shape);
        StorageReference storage = tensor.Storage;
        if (tensor.Offset < 0 || tensor.Offset > storage.Count || count > storage.Count - tensor.Offset)
        {
            throw new CheckpointException(
                $"tensor '{shown}' claims elements {tensor.Offset} to {tensor.Offset} + {count} of a storage of {storage.Count}.");
        }

        bool contiguous = IsDense(shape, tensor.Stride, Enumerable.Range(0, shape.Length).Reverse());
        if (!contiguous && !IsDense(shape, tensor.Stride, Enumerable.Range(0, shape.Length).OrderBy(axis => tensor.Stride[axis])))
            throw new CheckpointException(
                $"tensor '{shown}' has strides [{string.Join(", ", tensor.Stride)}], which skip or repeat elements.");
        long position = storagePosition + (tensor.Offset * ElementTypes.SizeOf(storage.Type));
        return new CheckpointTensor(name, storage.Type, shape, contiguous ? null : tensor.Stride, position);
    }

    /// <summary>Sizes as positive integers.</summary>
    public static int[] Shape(string name, IReadOnlyList<long> sizes)
    {
        int[] shape = new int[sizes.Count];
        for (int axis = 0; axis < shape.Length; axis++)
        {
            shape[axis] = sizes[axis] is > 0 and <= int.MaxValue
                ? (int)sizes[axis]
                : throw new CheckpointException($"tensor '{name}' has a size of {sizes[axis]}.");
        }

        return shape;
    }

    /// <summary>Number of elements, refused where it could overflow later arithmetic in bytes.</summary>
    public static long Count(string name, IReadOnlyList<int> shape)
    {
        long count = 1;
        foreach (int size in shape)
        {
            if (count > long.MaxValue / 16 / size) throw new CheckpointException($"tensor '{name}' has more elements than can be counted.");
            count *= size;
        }

        return count;
    }

    // Axes innermost first. The stride of an axis of size 1 says nothing, and PyTorch writes any number there.
    private static bool IsDense(int[] shape, long[] strides, IEnumerable<int> axes)
    {
        long expected = 1;
        foreach (int axis in axes)
        {
            if (shape[axis] == 1) continue;
            if (strides[axis] != expected) return false;
            expected *= shape[axis];
        }

        return true;
    }
}
