using ModelStore;

namespace InferenceApi.Serving;

/// <content>The known content of the store, and its changes.</content>
public sealed partial class ServedModels
{
    /// <summary>
    /// Whether a model has a version in the last reading of the store. For an unknown name the store is read once more; concurrent callers
    /// share that reading.
    /// </summary>
    /// <param name="name">Valid or not.</param>
    /// <param name="cancellation">Ends this caller's wait.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be read, or does not answer.</exception>
    public async ValueTask<bool> IsInstalledAsync(string name, CancellationToken cancellation) =>
        (await VersionsAsync(name, cancellation).ConfigureAwait(false)).Count > 0;

    /// <summary>
    /// Reads the store and replaces every version in service that is no longer the newest good one. The old one is served until the new one
    /// is warm. A version that fails to load is reported in the log and in <see cref="ModelStatus.Error"/>, and retried later or when its
    /// files change. If the newest version is removed from the store, the one before it replaces it; if all are removed, the loaded one
    /// stays.
    /// </summary>
    /// <param name="cancellation">Ends the wait for the store and for loads.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be read, or does not respond; its last reading was used.</exception>
    public async Task CheckStoreAsync(CancellationToken cancellation = default)
    {
        StoreUnavailableException? unread = null;
        try
        {
            await LookAtStoreAsync(cancellation).ConfigureAwait(false);
        }
        catch (StoreUnavailableException failure)
        {
            unread = failure;
        }

        string[] names;
        lock (_gate) names = [.. _models.Values.Where(model => model.Current is not null).Select(model => model.Name)];
        foreach (string name in names)
        {
            IReadOnlyList<InstalledVersion> versions = KnownVersions(name);
            Task? load = null;
            lock (_gate)
            {
                ModelEntry model = _models[name];
                if (_stopping.IsCancellationRequested) return;
                if (model.Current is null || model.Loading is not null) continue;
                if (model.Replacement(versions, _clock) is { } version) load = StartLoad(model, version);
            }

            if (load is not null) await AwaitEndAsync(load.WaitAsync(cancellation)).ConfigureAwait(false);
        }

        if (unread is not null) throw unread;
    }

    private IReadOnlyList<InstalledVersion> KnownVersions(string name) =>
        _reader.Contents.Models.TryGetValue(name, out StoredModel? model) ? model.Versions : [];

    /// <summary>The known versions; for an unknown name, after one reading of the store.</summary>
    private async ValueTask<IReadOnlyList<InstalledVersion>> VersionsAsync(string name, CancellationToken cancellation)
    {
        if (KnownVersions(name) is { Count: > 0 } known) return known;
        if (!ModelName.IsValid(name)) return [];
        await LookAtStoreAsync(cancellation).ConfigureAwait(false);
        return KnownVersions(name);
    }

    /// <summary>Starts a reading of the store and waits for it.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read, or does not answer.</exception>
    internal async Task LookAtStoreAsync(CancellationToken cancellation)
    {
        try
        {
            await _reader.RefreshAsync(cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException failure)
        {
            throw new StoreUnavailableException("The model store does not respond.", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException("The model store cannot be read.", failure);
        }
    }
}
