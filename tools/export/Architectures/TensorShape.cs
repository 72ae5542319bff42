namespace Export.Architectures;

/// <summary>A tensor's name and sizes.</summary>
/// <param name="Name">Name in the state dictionary.</param>
/// <param name="Sizes">Sizes, outermost first.</param>
public sealed record TensorShape(string Name, IReadOnlyList<int> Sizes)
{
    /// <summary>Number of elements.</summary>
    public long Count => Sizes.Aggregate(1L, (product, size) => product * size);

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", Sizes)}]";
}
