namespace ModelStore;

/// <summary>
/// An install under way. Files are written into a staging folder on the store's own file system; <see cref="Commit"/> makes them
/// appear in one rename. Whatever happens before that (a crash, a full disk, a wrong digest) leaves the store as it was.
/// </summary>
public sealed class ModelInstallation : IDisposable
{
    // A staging folder older than this belongs to a process that died; no export takes a day.
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    private readonly StoreFolder _store;
    private readonly string _name;
    private readonly string _staging;
    private bool _committed;

    private ModelInstallation(StoreFolder store, string name, string staging) => (_store, _name, _staging) = (store, name, staging);

    /// <summary>Where to write a file of the version to come.</summary>
    public string PathOf(string fileName) => Path.Combine(_staging, fileName);

    /// <summary>Flushes everything to disk, writes the manifest and makes the version visible.</summary>
    /// <param name="manifestOfVersion">Makes the manifest once the version's number is known.</param>
    /// <exception cref="ModelStoreException">A file that the manifest names is missing or has another length, or the disk is full.</exception>
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
                if (TryMove(target, lastAttempt: attempt == 100))
                {
                    _committed = true;
                    return new InstalledModel(manifest, target);
                }
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ModelStoreException($"{_store.Root}: {_name} was not installed: {failure.Message}", failure);
        }
    }

    public void Dispose()
    {
        if (!_committed && Directory.Exists(_staging)) Directory.Delete(_staging, recursive: true);
    }

    internal static ModelInstallation Start(StoreFolder store, string name)
    {
        string staging = Path.Combine(store.Root, StoreFolder.StagingFolder);
        try
        {
            Directory.CreateDirectory(staging);
            RemoveAbandoned(staging);
            string folder = Path.Combine(staging, $"{name}-{Guid.NewGuid():N}");
            Directory.CreateDirectory(folder);
            return new ModelInstallation(store, name, folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ModelStoreException($"{store.Root}: the store cannot be written: {failure.Message}", failure);
        }
    }

    private static void RemoveAbandoned(string staging)
    {
        DateTime limit = (TimeProvider.System.GetUtcNow() - Abandoned).UtcDateTime;
        foreach (string folder in Directory.EnumerateDirectories(staging).Where(folder => Directory.GetLastWriteTimeUtc(folder) < limit))
            Directory.Delete(folder, recursive: true);
    }

    private bool TryMove(string target, bool lastAttempt)
    {
        try
        {
            Directory.Move(_staging, target);
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
