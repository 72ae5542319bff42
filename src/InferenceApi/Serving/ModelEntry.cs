using ModelStore;

namespace InferenceApi.Serving;

/// <summary>
/// One model name: the version in service, the one being loaded, and the failed ones. Everything but <see cref="LoadState"/> is
/// guarded by <see cref="ServedModels"/>' lock.
/// </summary>
internal sealed class ModelEntry(string name)
{
    // Rare enough that a broken model costs nothing, frequent enough that no restart is needed after it was mended.
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMinutes(1), LastRetry = TimeSpan.FromHours(1);

    private readonly Dictionary<InstalledVersion, FailedLoad> _failures = [];
    private volatile ModelState _loadState = ModelState.Unloaded;

    public string Name { get; } = name;

    /// <summary>The version in service, or null.</summary>
    public ServedModel? Current { get; set; }

    /// <summary>Which install <see cref="Current"/> is.</summary>
    public InstalledVersion CurrentVersion { get; set; }

    /// <summary>The load under way, of a first or of another version; every request that finds no version shares it.</summary>
    public Task<ServedModel>? Loading { get; set; }

    /// <summary>Requests that wait for <see cref="Loading"/>.</summary>
    public int Waiters { get; set; }

    /// <summary>State of the load under way or last made; set from the loading thread.</summary>
    public ModelState LoadState
    {
        get => _loadState;
        set => _loadState = value;
    }

    public ModelState State => Current?.State ?? LoadState;

    /// <summary>Why the newest of the failed versions failed; null where none did.</summary>
    public string? Error => _failures.Count == 0 ? null : _failures.MaxBy(failure => failure.Key.Number).Value.Reason;

    public void MarkFailed(InstalledVersion version, string reason, TimeProvider clock)
    {
        TimeSpan wait = _failures.TryGetValue(version, out FailedLoad? before) ? 2 * before.Wait : FirstRetry;
        _failures[version] = new FailedLoad(reason, clock.GetTimestamp(), wait < LastRetry ? wait : LastRetry);
        LoadState = ModelState.Failed;
    }

    /// <summary>Takes a version into service and forgets earlier failures.</summary>
    public void MarkLoaded(InstalledVersion version, ServedModel served)
    {
        Current = served;
        CurrentVersion = version;
        Loading = null;
        foreach (InstalledVersion older in _failures.Keys.Where(failed => failed.Number <= version.Number).ToArray())
            _failures.Remove(older);
    }

    /// <summary>
    /// The newest version that may be loaded, or null. A failed one is retried after 1, 2, 4 … minutes, at most an hour, and at once when
    /// its files change, because a different stamp makes it a different version.
    /// </summary>
    /// <param name="versions">Newest first. A failed version that is no longer among them is forgotten.</param>
    /// <param name="clock">Measures the age of failures.</param>
    public InstalledVersion? Candidate(IReadOnlyList<InstalledVersion> versions, TimeProvider clock)
    {
        foreach (InstalledVersion removed in _failures.Keys.Except(versions).ToArray()) _failures.Remove(removed);
        foreach (InstalledVersion version in versions)
        {
            if (!_failures.TryGetValue(version, out FailedLoad? failed) || clock.GetElapsedTime(failed.At) >= failed.Wait) return version;
        }

        return null;
    }

    /// <summary>
    /// The version that should replace the one in service, or null. A version whose files are damaged after loading stays in service: an
    /// older one replaces it only after it was removed from the store.
    /// </summary>
    /// <inheritdoc cref="Candidate"/>
    public InstalledVersion? Replacement(IReadOnlyList<InstalledVersion> versions, TimeProvider clock) =>
        Candidate(versions, clock) is { } candidate && candidate != CurrentVersion
        && (candidate.Number >= CurrentVersion.Number || versions.All(version => version.Number != CurrentVersion.Number))
            ? candidate
            : null;

    public ModelStatus Status(ModelManifest? newest, TimeSpan preparation) => new(
        Name,
        State,
        Current?.Manifest ?? newest,
        [.. Current?.RunTimes.Curve.Points.Select(point => (point.BatchSize, point.RunTime)) ?? []],
        Current?.MemoryBytes ?? 0,
        Current?.Waiting ?? 0,
        Error)
    {
        Instances = Current?.InstanceCount ?? 0,
        Parallel = Current?.RunTimes.Parallel,
        Provider = Current?.Provider.ToString(),
        EstimatedWait = Current?.Estimate(1, preparation) ?? TimeSpan.Zero,
        RunWait = Current?.EstimateRunWait() ?? TimeSpan.Zero,
    };

    /// <param name="Reason">For callers.</param>
    /// <param name="At">Clock timestamp.</param>
    /// <param name="Wait">Before it is tried again.</param>
    private sealed record FailedLoad(string Reason, long At, TimeSpan Wait);
}
