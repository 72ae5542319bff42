using System.Globalization;

namespace ModelStore;

/// <summary>
/// The models on disk: <c>&lt;root&gt;/&lt;model&gt;/&lt;version&gt;/{model.onnx, labels.csv, manifest.json}</c>. A version's folder
/// appears complete, by one rename, and is never changed afterwards; so readers need no lock.
/// </summary>
public sealed class StoreFolder(string root)
{
    /// <summary>Of the exports under way; the leading dot keeps it from being a model.</summary>
    internal const string LockFolder = ".locks";

    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>Half-written installs live here.</summary>
    internal string StagingRoot => Path.Combine(Root, ".staging");

    /// <summary>The newest version of every model, by name; broken ones are left out and passed to <paramref name="broken"/>.</summary>
    public IReadOnlyList<InstalledModel> List(Action<ModelStoreException>? broken = null)
    {
        var models = new List<InstalledModel>();
        foreach (string name in Names())
        {
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

    /// <summary>Models that have a folder, by name; empty where the store does not exist.</summary>
    public IReadOnlyList<string> Names() => Directory.Exists(Root)
        ? [.. Directory.EnumerateDirectories(Root).Select(path => Path.GetFileName(path)!).Where(ModelName.IsValid)
            .Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Version numbers of a model, ascending; empty where it is not installed.</summary>
    public IReadOnlyList<int> Versions(string name)
    {
        if (!ModelName.IsValid(name)) return [];
        string folder = Path.Combine(Root, name);
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.EnumerateDirectories(folder).Select(path => ParseVersion(Path.GetFileName(path)!))
            .Where(version => version > 0).Order()];
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
        CheckInside(folder);
        string path = Path.Combine(folder, ManifestFile.FileName);
        ModelManifest manifest = ManifestFile.Read(path);
        if (manifest.Name != name) throw new ModelStoreException(
            $"{path}: field name: is '{manifest.Name}' in the folder of '{name}'.")
        { Fault = StoreFault.Manifest };
        if (manifest.Version != version) throw new ModelStoreException(
            $"{path}: field version: is {manifest.Version} in the folder of {version}.")
        { Fault = StoreFault.Manifest };
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
            using StagingFolder trash = StagingFolder.Create(StagingRoot, "removed");
            Directory.Move(FolderOf(name, each), Path.Combine(trash.Path, "version"));
        }

        string folder = Path.Combine(Root, name);
        if (removed.Count > 0 && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
        return removed;
    }

    /// <summary>Where a version is or would be.</summary>
    public string FolderOf(string name, int version) => Path.Combine(Root, name, version.ToString(CultureInfo.InvariantCulture));

    /// <summary>Write access to the store must not allow other folders of the machine to be served.</summary>
    private void CheckInside(string folder)
    {
        try
        {
            string root = RealPath.Of(Root) + Path.DirectorySeparatorChar;
            if (!RealPath.Of(folder).StartsWith(root, StringComparison.Ordinal))
                throw new ModelStoreException($"{folder}: is a symbolic link that leads outside the store.") { Fault = StoreFault.Link };
        }
        catch (IOException failure)
        {
            throw new ModelStoreException($"{folder}: cannot be read: {failure.Message}", failure) { Fault = StoreFault.Unreadable };
        }
    }

    private static int ParseVersion(string folder) =>
        folder[0] != '0' && int.TryParse(folder, NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : 0;
}
