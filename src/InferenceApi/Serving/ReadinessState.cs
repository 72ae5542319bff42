namespace InferenceApi.Serving;

/// <summary>
/// Whether traffic should come here: true from when every preloaded model is warmed until the service begins to stop. A model that
/// cannot be preloaded keeps it false, with the reason, because a replica without its models must not replace one that has them.
/// </summary>
public sealed class ReadinessState
{
    private volatile string _reason = "The models are being loaded.";

    public bool IsReady => _reason.Length == 0;

    /// <summary>Why it is not ready; empty where it is.</summary>
    public string Reason => _reason;

    internal void SetReady() => _reason = "";

    internal void SetNotReady(string reason) => _reason = reason;
}
