namespace ModelStore;

/// <summary>
/// An install under way. Files are written into a staging folder on the store's own file system; <see cref="Commit"/> makes them
/// appear in one rename. Whatever happens before that (a crash, a full disk, a wrong digest) leaves the store as it was.
/// </summary>
public sealed class ModelInstallation : IDisposable
{
    private readonly StoreFolder _store;
    private readonly string _name;
    private readonly StagingFolder _staging;

    private ModelInstallation(StoreFolder store, string name, StagingFolder staging) => (_store, _name, _staging) = (store, name, staging);

    /// <summary>Where to write a file of the version to come.</summary>
    public string PathOf(string fileName) => Path.Combine(_staging.Path, fileName);

    /// <summary>Flushes everything to disk, writes the manifest and makes the version visible.</summary>
    /// <param name="manifestOfVersion">Makes the manifest once the version's number is known.</param>
    /// <exception cref="ModelStoreException">
    /// A file that the manifest names is missing or has another length, or the disk is full.
    /// </exception>
    public InstalledModel Commit(Func<int, ModelManifest> manifestOfVersion)
    {
        try
        {
            // Another process may take the number meanwhile; the rename then fails and the next number is tried.
            for (int attempt = 0; ; attempt++)
            {
                int version = _store.Versions(_name) is { Count: > 0 } versions ? versions[^1] + 1 : 1;
                ModelManifest manifest = manifestOfVersion(version);
                string manifestPath = PathOf(ManifestFile.FileName);
                File.Delete(manifestPath);
                ManifestFile.Write(manifestPath, manifest);
                FlushFile(manifest.Model);
                FlushFile(manifest.Labels);
                string target = _store.FolderOf(_name, version);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                if (TryMove(target, lastAttempt: attempt == 100)) return new InstalledModel(manifest, target);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ModelStoreException($"{_store.Root}: {_name} was not installed: {failure.Message}", failure);
        }
    }

    public void Dispose() => _staging.Dispose();

    internal static ModelInstallation Start(StoreFolder store, string name)
    {
        try
        {
            return new ModelInstallation(store, name, StagingFolder.Create(store.StagingRoot, name));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ModelStoreException($"{store.Root}: the store cannot be written: {failure.Message}", failure);
        }
    }

    private bool TryMove(string target, bool lastAttempt)
    {
        try
        {
            Directory.Move(_staging.Path, target);
            return true;
        }
        catch (IOException) when (Directory.Exists(target) && !lastAttempt)
        {
            return false;
        }
    }

    private void FlushFile(FileDigest digest)
    {
        using FileStream file = new(PathOf(digest.File), FileMode.Open, FileAccess.ReadWrite);
        if (file.Length != digest.Bytes)
            throw new ModelStoreException($"{file.Name}: has {file.Length} bytes; its manifest says {digest.Bytes}.");
        file.Flush(flushToDisk: true);
    }
}
