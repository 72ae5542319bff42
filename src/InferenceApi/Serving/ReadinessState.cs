namespace InferenceApi.Serving;

/// <summary>
/// Whether traffic should come here: true from when every preloaded model is warmed until the service begins to stop. A model that
/// cannot be preloaded keeps it false, with the reason, because a replica without its models must not replace one that has them.
/// </summary>
public sealed class ReadinessState
{
    /// <summary>The reason from when the service begins to stop; a request that comes too late gets the same words.</summary>
    public const string Stopping = "The service is shutting down.";

    private volatile string _reason = "The models are being loaded.";
    private volatile bool _stopping;

    public bool IsReady => Reason.Length == 0;

    /// <summary>Why it is not ready; empty where it is.</summary>
    public string Reason => _stopping ? Stopping : _reason;

    internal void SetReady() => _reason = "";

    internal void SetNotReady(string reason) => _reason = reason;

    /// <summary>For good: a model that becomes warm afterwards changes nothing.</summary>
    internal void Stop() => _stopping = true;
}
