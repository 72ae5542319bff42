using System.Text.Json;

namespace ModelStore;

/// <summary>The twelve published models, in the order of the paper's tables; a frozen list inside the assembly.</summary>
public static class ModelCatalog
{
    public static IReadOnlyList<CatalogEntry> Entries { get; } = Read();

    /// <summary>The entry of that exact name, or null.</summary>
    public static CatalogEntry? Find(string name) => Entries.FirstOrDefault(entry => entry.Name == name);

    private static CatalogEntry[] Read()
    {
        using Stream stream = EmbeddedResource.Open("catalog.json");
        return JsonSerializer.Deserialize(stream, StoreJson.Default.CatalogEntryArray)
            ?? throw new InvalidOperationException("catalog.json is empty.");
    }
}
