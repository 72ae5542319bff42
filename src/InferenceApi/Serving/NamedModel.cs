using ModelStore;

namespace InferenceApi.Serving;

/// <summary>
/// What is known of one name: the version in service, the one being loaded, those that failed. Everything but <see cref="LoadState"/> is
/// guarded by <see cref="ServedModels"/>' lock.
/// </summary>
internal sealed class NamedModel(string name)
{
    // Long enough that a model that cannot be opened costs nothing, short enough that an operator who made room need not restart.
    private static readonly TimeSpan RetryFailedAfter = TimeSpan.FromMinutes(1);

    private readonly Dictionary<InstalledVersion, string> _failures = [];
    private volatile ModelState _loadState = ModelState.Unloaded;
    private long _lastFailedAt;

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
    public string? Error => _failures.Count == 0 ? null : _failures.MaxBy(failure => failure.Key.Number).Value;

    public void MarkFailed(InstalledVersion version, string reason, TimeProvider clock)
    {
        _failures[version] = reason;
        _lastFailedAt = clock.GetTimestamp();
        LoadState = ModelState.Failed;
    }

    /// <summary>
    /// The newest of these versions that has not failed, or null. With none in service, failures are forgotten after a minute.
    /// </summary>
    /// <param name="versions">Newest first. A failed version that is no longer among them is forgotten.</param>
    /// <param name="clock">Tells the age of failures.</param>
    public InstalledVersion? Candidate(IReadOnlyList<InstalledVersion> versions, TimeProvider clock)
    {
        foreach (InstalledVersion removed in _failures.Keys.Except(versions).ToArray()) _failures.Remove(removed);
        bool forget = Current is null && clock.GetElapsedTime(_lastFailedAt) >= RetryFailedAfter;
        foreach (InstalledVersion version in versions)
        {
            if (!_failures.ContainsKey(version)) return version;
        }

        if (!forget || versions.Count == 0) return null;
        _failures.Clear();
        return versions[0];
    }

    public ModelStatus Status(ModelManifest? newest, TimeSpan preparation) => new(
        Name,
        State,
        Current?.Manifest ?? newest,
        Current?.RunTimes.Curve.Points ?? [],
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
}
