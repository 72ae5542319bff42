namespace InferenceApi.Serving;

/// <summary>The model is installed but cannot be used now: it failed to load, or the service is shutting down.</summary>
public class ModelUnavailableException(string name, string reason, Exception? cause = null)
    : Exception($"Model '{name}' is not available: {reason}", cause)
{
    public string Name { get; } = name;

    public string Reason { get; } = reason;
}
