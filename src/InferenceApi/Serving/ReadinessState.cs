namespace InferenceApi.Serving;

/// <summary>
/// Whether the replica should get traffic: from when every preloaded model is warm and the walk is rehearsed until the service begins to
/// stop. A model that cannot be preloaded keeps the replica unready and gives the reason, because a replica without its models must not
/// replace a good one.
/// </summary>
public sealed class ReadinessState
{
    /// <summary>The reason once the service stops; requests that come too late get the same sentence.</summary>
    public const string Stopping = "The service is shutting down.";

    private volatile string _reason = "The models are being loaded.";
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _walkIsCold;
    private volatile bool _stopping;

    public bool IsReady => Reason.Length == 0;

    /// <summary>Why it is not ready; empty where it is.</summary>
    public string Reason => (_stopping, _reason, _walkIsCold) switch
    {
        (true, _, _) => Stopping,
        (false, "", true) => "The first requests are being rehearsed.",
        _ => _reason,
    };

    /// <summary>Ends when every preloaded model is loaded and warm.</summary>
    internal Task Loaded => _loaded.Task;

    /// <summary>Every preloaded model is loaded and warm.</summary>
    internal void SetReady()
    {
        _reason = "";
        _loaded.TrySetResult();
    }

    /// <summary>Loaded models alone are not enough: the walk is rehearsed first.</summary>
    internal void AwaitRehearsal() => _walkIsCold = true;

    /// <summary>The walk has been rehearsed.</summary>
    internal void EndRehearsal() => _walkIsCold = false;

    internal void SetNotReady(string reason) => _reason = reason;

    /// <summary>Final: a model that becomes warm afterwards changes nothing.</summary>
    internal void Stop() => _stopping = true;
}
