namespace Export.Checkpoints;

/// <summary>A dict or OrderedDict of a pickle: its pairs in order, keys not yet checked for duplicates.</summary>
internal sealed class PickleDictionary(bool ordered)
{
    /// <summary>Whether it came from collections.OrderedDict, the only object whose state may be set.</summary>
    public bool Ordered { get; } = ordered;

    public List<KeyValuePair<object, object?>> Items { get; } = [];

    /// <summary>The first value under the key, or null.</summary>
    public object? Find(string key)
    {
        foreach (KeyValuePair<object, object?> item in Items)
        {
            if (item.Key is string name && name == key) return item.Value;
        }

        return null;
    }
}
