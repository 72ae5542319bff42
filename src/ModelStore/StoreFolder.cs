using System.Globalization;

namespace ModelStore;

/// <summary>
/// The models on disk: <c>&lt;root&gt;/&lt;model&gt;/&lt;version&gt;/{model.onnx, labels.csv, manifest.json}</c>. A version's folder
/// appears complete, by one rename, and is never changed afterwards; so readers need no lock.
/// </summary>
public sealed class StoreFolder(string root)
{
    /// <summary>Half-written installs live here; its leading dot keeps it from being a model.</summary>
    internal const string StagingFolder = ".staging";

    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>The newest version of every model, by name; broken ones are left out and told to <paramref name="broken"/>.</summary>
    public IReadOnlyList<InstalledModel> List(Action<ModelStoreException>? broken = null)
    {
        if (!Directory.Exists(Root)) return [];
        var models = new List<InstalledModel>();
        foreach (string name in Directory.EnumerateDirectories(Root).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal))
        {
            if (!ModelName.IsValid(name)) continue;
            try
            {
                if (Latest(name) is { } model) models.Add(model);
            }
            catch (ModelStoreException failure)
            {
                broken?.Invoke(failure);
            }
        }

        return models;
    }

    /// <summary>Version numbers of a model, ascending; empty where it is not installed.</summary>
    public IReadOnlyList<int> Versions(string name)
    {
        if (!ModelName.IsValid(name)) return [];
        string folder = Path.Combine(Root, name);
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.EnumerateDirectories(folder).Select(path => ParseVersion(Path.GetFileName(path)!)).Where(version => version > 0).Order()];
    }

    /// <summary>The newest version of a model, or null where none is installed. Reads the manifest, not the weights.</summary>
    /// <exception cref="ModelStoreException">Its manifest is missing or wrong.</exception>
    public InstalledModel? Latest(string name) => Versions(name) is { Count: > 0 } versions ? Open(name, versions[^1]) : null;

    /// <summary>One version of a model.</summary>
    /// <exception cref="ModelStoreException">It is not installed, or its manifest is wrong.</exception>
    public InstalledModel Open(string name, int version)
    {
        if (!ModelName.IsValid(name)) throw new ModelStoreException(ModelName.Rule);
        string folder = FolderOf(name, version);
        string path = Path.Combine(folder, ManifestFile.FileName);
        ModelManifest manifest = ManifestFile.Read(path);
        if (manifest.Name != name) throw new ModelStoreException($"{path}: field name: is '{manifest.Name}' in the folder of '{name}'.");
        if (manifest.Version != version) throw new ModelStoreException($"{path}: field version: is {manifest.Version} in the folder of {version}.");
        return new InstalledModel(manifest, folder);
    }

    /// <summary>Starts an install; nothing is visible until <see cref="ModelInstallation.Commit"/>.</summary>
    /// <exception cref="ModelStoreException">The name is not allowed, or the store cannot be written.</exception>
    public ModelInstallation Begin(string name)
    {
        if (!ModelName.IsValid(name)) throw new ModelStoreException($"'{name}' cannot be a model's name. {ModelName.Rule}");
        return ModelInstallation.Start(this, name);
    }

    /// <summary>Removes one version, or all of them. A service that has it loaded keeps serving from memory.</summary>
    /// <returns>The versions removed.</returns>
    public IReadOnlyList<int> Remove(string name, int? version = null)
    {
        IReadOnlyList<int> removed = [.. Versions(name).Where(each => version is null || each == version)];
        foreach (int each in removed)
        {
            // Renamed first, so that no reader sees a version that is half deleted.
            string grave = Path.Combine(Root, StagingFolder, "removed-" + Guid.NewGuid().ToString("N"));
            Directory.CreateDirectory(Path.GetDirectoryName(grave)!);
            Directory.Move(FolderOf(name, each), grave);
            Directory.Delete(grave, recursive: true);
        }

        string folder = Path.Combine(Root, name);
        if (removed.Count > 0 && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
        return removed;
    }

    internal string FolderOf(string name, int version) => Path.Combine(Root, name, version.ToString(CultureInfo.InvariantCulture));

    private static int ParseVersion(string folder) =>
        folder[0] != '0' && int.TryParse(folder, NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : 0;
}
