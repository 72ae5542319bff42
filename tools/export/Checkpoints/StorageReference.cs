namespace Export.Checkpoints;

/// <summary>A storage as a pickle names it; its elements lie elsewhere in the file.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Key">Name of the storage inside the checkpoint.</param>
/// <param name="Count">Number of elements, positive.</param>
internal sealed record StorageReference(ElementType Type, string Key, long Count)
{
    /// <summary>Bytes of the storage.</summary>
    public long Bytes => checked(Count * ElementTypes.SizeOf(Type));
}
