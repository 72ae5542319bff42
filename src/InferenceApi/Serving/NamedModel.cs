using ModelStore;

namespace InferenceApi.Serving;

/// <summary>
/// What is known of one name: the version in service, the one being loaded, those that failed. Everything but <see cref="LoadState"/> is
/// guarded by <see cref="ServedModels"/>' lock.
/// </summary>
internal sealed class NamedModel(string name)
{
    // Long enough that a model that cannot be opened costs nothing, short enough that an operator who made room need not restart.
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

    /// <summary>Takes a version into service; what failed before it matters no more.</summary>
    public void MarkLoaded(InstalledVersion version, ServedModel served)
    {
        Current = served;
        CurrentVersion = version;
        Loading = null;
        foreach (InstalledVersion older in _failures.Keys.Where(failed => failed.Number <= version.Number).ToArray())
            _failures.Remove(older);
    }

    /// <summary>
    /// The newest of these versions that may be loaded, or null. One that failed may again after a minute, then after two, four … up to an
    /// hour; and at once when its files have changed, because another stamp makes it another version.
    /// </summary>
    /// <param name="versions">Newest first. A failed version that is no longer among them is forgotten.</param>
    /// <param name="clock">Tells the age of failures.</param>
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
    /// What should replace the version in service, or null. A version whose files were damaged after it was loaded serves on from memory:
    /// an older one takes its place only once it is gone from the store.
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

    /// <param name="Reason">For anyone.</param>
    /// <param name="At">Clock timestamp.</param>
    /// <param name="Wait">Before it is tried again.</param>
    private sealed record FailedLoad(string Reason, long At, TimeSpan Wait);
}
