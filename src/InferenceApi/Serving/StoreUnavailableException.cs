namespace InferenceApi.Serving;

/// <summary>The store cannot be read or does not respond, so a model that is not loaded cannot be found.</summary>
/// <param name="reason">A sentence for callers.</param>
/// <param name="cause">For the log.</param>
public sealed class StoreUnavailableException(string reason, Exception cause) : Exception(reason, cause);
