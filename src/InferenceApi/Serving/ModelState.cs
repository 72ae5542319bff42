namespace InferenceApi.Serving;

/// <summary>Where a model is in its life.</summary>
public enum ModelState
{
    /// <summary>In the store, not in memory. The next request for it loads it.</summary>
    Unloaded,

    /// <summary>Announced before its files are verified and opened. Requests wait.</summary>
    Loading,

    /// <summary>Announced after it is open, before its first run. Requests wait.</summary>
    WarmingUp,

    /// <summary>Announced after every batch size in use has run. Requests are served.</summary>
    Ready,

    /// <summary>Announced before the last requests are answered. New requests get another version, or load it again.</summary>
    Draining,

    /// <summary>Announced after loading failed. Requests are refused with the reason until a new version or a later attempt.</summary>
    Failed,
}
