namespace Export.Tests.Writers;

/// <summary>A tensor as a checkpoint describes it; nothing keeps the description from being wrong.</summary>
internal sealed record SavedTensor(string Name, string Key, long StorageCount, long[] Size)
{
    public long Offset { get; init; }

    public long[]? Stride { get; init; }

    public string StorageClass { get; init; } = "FloatStorage";

    public long[] Strides
    {
        get
        {
            if (Stride is not null) return Stride;
            long[] strides = new long[Size.Length];
            long step = 1;
            for (int axis = Size.Length - 1; axis >= 0; axis--)
            {
                strides[axis] = step;
                step *= Size[axis];
            }

            return strides;
        }
    }
}
