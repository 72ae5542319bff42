namespace InferenceApi.Serving;

/// <summary>No new leases are given, because the service is shutting down.</summary>
public sealed class ServiceStoppingException(string model) : ModelUnavailableException(model, ReadinessState.Stopping);
