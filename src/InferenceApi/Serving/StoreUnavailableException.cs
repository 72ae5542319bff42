namespace InferenceApi.Serving;

/// <summary>What is not in memory cannot be looked for: the store cannot be read, or does not answer.</summary>
/// <param name="reason">A sentence for anyone.</param>
/// <param name="cause">For the log.</param>
public sealed class StoreUnavailableException(string reason, Exception cause) : Exception(reason, cause);
