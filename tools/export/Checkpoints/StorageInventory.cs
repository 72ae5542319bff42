namespace Export.Checkpoints;

/// <summary>All storages that a pickle's tensors refer to, wherever in it they are.</summary>
internal static class StorageInventory
{
    /// <summary>Collects storages by key; refuses a key described in two ways.</summary>
    public static Dictionary<string, StorageReference> Collect(object? root)
    {
        Dictionary<string, StorageReference> storages = [];

        // A hostile pickle can contain itself, so every container is visited once and there is no recursion.
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Stack<object?> waiting = new([root]);
        while (waiting.TryPop(out object? value))
        {
            if (value is TensorReference tensor) Add(storages, tensor.Storage);
            else if (value is StorageReference storage) Add(storages, storage);
            else if (value is PickleDictionary dictionary && seen.Add(dictionary))
                Push(waiting, dictionary.Items.Select(item => item.Value));
            else if (value is List<object?> list && seen.Add(list)) Push(waiting, list);
            else if (value is object?[] tuple && seen.Add(tuple)) Push(waiting, tuple);
        }

        return storages;
    }

    private static void Add(Dictionary<string, StorageReference> storages, StorageReference storage)
    {
        if (!storages.TryAdd(storage.Key, storage) && storages[storage.Key] != storage)
            throw new CheckpointException($"storage '{PickleGlobals.Printable(storage.Key)}' is described in two ways.");
    }

    private static void Push(Stack<object?> waiting, IEnumerable<object?> values)
    {
        foreach (object? value in values) waiting.Push(value);
    }
}
