using ModelStore;

namespace InferenceApi.Serving;

/// <summary>One model of the store.</summary>
/// <param name="Versions">Newest first; at least one.</param>
/// <param name="Manifest">Of the newest; null where it cannot be read.</param>
internal sealed record StoredModel(IReadOnlyList<InstalledVersion> Versions, ModelManifest? Manifest);

/// <summary>The content of the store at one moment. Immutable.</summary>
/// <param name="Models">By name; those that have a version.</param>
internal sealed record StoreContents(IReadOnlyDictionary<string, StoredModel> Models)
{
    public static StoreContents Empty { get; } = new(new Dictionary<string, StoredModel>());

    /// <summary>Reads every model; blocks for as long as the store does.</summary>
    /// <param name="store">Where.</param>
    /// <param name="before">The previous reading: unchanged manifests are not opened again.</param>
    /// <exception cref="IOException">The store cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static StoreContents Read(StoreFolder store, StoreContents before)
    {
        var models = new Dictionary<string, StoredModel>(StringComparer.Ordinal);
        foreach (string name in store.Names())
        {
            try
            {
                InstalledVersion[] versions =
                    [.. store.Versions(name).Reverse().Select(number => InstalledVersion.Of(number, store.FolderOf(name, number)))];
                if (versions.Length == 0) continue;
                models[name] = before.Models.GetValueOrDefault(name) is { Manifest: not null } known && known.Versions[0] == versions[0]
                    ? known with { Versions = versions }
                    : new StoredModel(versions, ManifestOf(store, name, versions[0].Number));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Removed since it was listed, or not readable; other models are not affected.
                if (Directory.Exists(Path.Combine(store.Root, name)) && before.Models.TryGetValue(name, out StoredModel? last))
                    models[name] = last;
            }
        }

        return new StoreContents(models);
    }

    private static ModelManifest? ManifestOf(StoreFolder store, string name, int number)
    {
        try
        {
            return store.Open(name, number).Manifest;
        }
        catch (ModelStoreException)
        {
            // Reported when the model is requested.
            return null;
        }
    }
}
