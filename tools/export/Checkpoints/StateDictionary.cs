namespace Export.Checkpoints;

/// <summary>Finds the names and tensors of a model in what a pickle holds.</summary>
internal static class StateDictionary
{
    /// <summary>More tensors than any ResNet has (a 152-layer one with counters: 932).</summary>
    public const int MaxTensors = 4096;

    /// <summary>Longest name of a tensor, in characters; a ResNet's have up to 40, and each wrapper adds about ten.</summary>
    public const int MaxNameLength = 512;

    /// <summary>Keys under which training scripts keep a model's tensors, in the order they are tried.</summary>
    private static readonly string[] Wrappers = ["state_dict", "model_state_dict", "model", "net", "network"];

    /// <summary>Prefixes that containers put before every name: DataParallel, torch.compile, Lightning.</summary>
    private static readonly string[] Prefixes = ["module.", "_orig_mod.", "model.", "net."];

    /// <summary>The tensors of the state dictionary, out of up to three wrappers, in the pickle's order.</summary>
    /// <exception cref="CheckpointException">No dictionary of tensors.</exception>
    public static List<KeyValuePair<string, TensorReference>> Find(object? root)
    {
        PickleDictionary dictionary = root as PickleDictionary ?? throw new CheckpointException("it does not hold a state dictionary.");
        for (int depth = 0; depth < 3; depth++)
        {
            PickleDictionary outer = dictionary;
            PickleDictionary? inner = Wrappers.Select(outer.Find).OfType<PickleDictionary>().FirstOrDefault();
            if (inner is null) break;
            dictionary = inner;
        }

        List<KeyValuePair<string, TensorReference>> tensors = [];
        foreach ((object key, object? value) in dictionary.Items)
        {
            if (key is not string name || value is not TensorReference tensor)
                throw new CheckpointException(
                    $"entry '{PickleGlobals.Printable(key.ToString() ?? "")}' of its state dictionary is not a tensor.");
            tensors.Add(new(name, tensor));
        }

        return tensors;
    }

    /// <summary>The names without the prefixes that all of them share; refuses none, too many, long ones, and duplicates.</summary>
    public static string[] PlainNames(IReadOnlyList<string> names)
    {
        if (names.Count == 0) throw new CheckpointException("it holds no tensors.");
        if (names.Count > MaxTensors)
            throw new CheckpointException($"it holds {names.Count:N0} tensors; no more than {MaxTensors:N0} are accepted.");
        if (names.FirstOrDefault(name => name.Length > MaxNameLength) is { } tooLong)
            throw new CheckpointException(
                $"the name of tensor '{PickleGlobals.Printable(tooLong)}' has {tooLong.Length:N0} characters; no more than "
                + $"{MaxNameLength} are accepted.");
        int shared = 0;
        while (Prefixes.FirstOrDefault(prefix => names.All(name => HasAt(name, shared, prefix))) is { } prefix) shared += prefix.Length;
        string[] plain = [.. names.Select(name => name[shared..])];

        HashSet<string> seen = [];
        foreach (string name in plain)
        {
            if (!seen.Add(name)) throw new CheckpointException($"tensor '{PickleGlobals.Printable(name)}' occurs twice.");
        }

        return plain;
    }

    private static bool HasAt(string name, int position, string part) => name.AsSpan(position).StartsWith(part, StringComparison.Ordinal);
}
