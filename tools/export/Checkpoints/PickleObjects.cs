namespace Export.Checkpoints;

/// <summary>What the allowed calls of a pickle stand for, with exact arity and types.</summary>
internal static class PickleObjects
{
    /// <summary>
    /// A persistent id: ('storage', class, key, location, count), in legacy files with a sixth element, the view metadata, always None.
    /// </summary>
    public static StorageReference Storage(object? id)
    {
        if (id is not object?[] { Length: 5 or 6 } parts || parts[0] is not "storage" || parts[2] is not string key ||
            parts[3] is not string || parts[4] is not long count)
        {
            throw new CheckpointException("a persistent id of its pickle does not describe a storage.");
        }

        if (parts.Length == 6 && parts[5] is not null)
            throw new CheckpointException($"storage '{PickleGlobals.Printable(key)}' is a view of another, which is not supported.");
        ElementType type = PickleGlobals.ElementTypeOf(parts[1]);
        if (count <= 0 || count > long.MaxValue / 16)
            throw new CheckpointException($"storage '{PickleGlobals.Printable(key)}' claims {count} elements.");
        return new StorageReference(type, key, count);
    }

    /// <summary>An allowed call: an empty OrderedDict, a tensor, a parameter.</summary>
    public static object Reduce(object? function, object? arguments)
    {
        if (arguments is not object?[] values) throw new CheckpointException("a call in its pickle has no argument tuple.");
        return function switch
        {
            PickleGlobal.OrderedDict when values.Length == 0 => new PickleDictionary(ordered: true),
            PickleGlobal.RebuildTensor when values.Length == 6 => Tensor(values),
            PickleGlobal.RebuildParameter when values is [TensorReference tensor, bool, PickleDictionary] => tensor,
            PickleGlobal.OrderedDict or PickleGlobal.RebuildTensor or PickleGlobal.RebuildParameter =>
                throw new CheckpointException($"{function} is called with {values.Length} arguments it cannot have."),
            _ => throw new CheckpointException("its pickle calls something that is not a function of the allow-list."),
        };
    }

    private static TensorReference Tensor(object?[] values)
    {
        if (values[0] is not StorageReference storage || values[1] is not long offset || values[2] is not object?[] size ||
            values[3] is not object?[] stride || values[4] is not bool || values[5] is not PickleDictionary)
        {
            throw new CheckpointException("a tensor of its pickle is not described as PyTorch describes one.");
        }

        return new TensorReference(storage, offset, Integers(size), Integers(stride));
    }

    private static long[] Integers(object?[] values)
    {
        long[] integers = new long[values.Length];
        for (int index = 0; index < values.Length; index++)
            integers[index] = values[index] is long value
                ? value
                : throw new CheckpointException("a tensor's size or stride is not a number.");
        return integers;
    }
}
