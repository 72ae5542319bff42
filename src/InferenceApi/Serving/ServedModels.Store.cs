using ModelStore;

namespace InferenceApi.Serving;

/// <content>What is known of the store, and what follows from a change in it.</content>
public sealed partial class ServedModels
{
    /// <summary>
    /// Whether a model has a version, by what is known of the store. A name that is not known is looked for once, by all who ask for
    /// unknown ones together.
    /// </summary>
    /// <param name="name">Of any kind.</param>
    /// <param name="cancellation">Ends this caller's wait.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be read, or does not answer.</exception>
    public async ValueTask<bool> IsInstalledAsync(string name, CancellationToken cancellation) =>
        (await VersionsAsync(name, cancellation).ConfigureAwait(false)).Count > 0;

    /// <summary>
    /// Looks at the store and replaces every version in service that is no longer the newest good one. Requests go on with the old one
    /// until the new one is warm; one that fails to load is told in the log and in <see cref="ModelStatus.Error"/>, and tried again later
    /// or when its files change. Removing the newest version from the store brings the one before it back; removing all leaves what is in
    /// memory.
    /// </summary>
    /// <param name="cancellation">Ends the wait for the store and for loads.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be read, or does not answer; what is known of it was used.</exception>
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
                NamedModel model = _models[name];
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

    /// <summary>As known; of a name that is not, after one look at the store.</summary>
    private async ValueTask<IReadOnlyList<InstalledVersion>> VersionsAsync(string name, CancellationToken cancellation)
    {
        if (KnownVersions(name) is { Count: > 0 } known) return known;
        if (!ModelName.IsValid(name)) return [];
        await LookAtStoreAsync(cancellation).ConfigureAwait(false);
        return KnownVersions(name);
    }

    /// <summary>A look that begins now.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read, or does not answer.</exception>
    internal async Task LookAtStoreAsync(CancellationToken cancellation)
    {
        try
        {
            await _reader.RefreshAsync(cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException failure)
        {
            throw new StoreUnavailableException("The store of models does not answer.", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException("The store of models cannot be read.", failure);
        }
    }
}
