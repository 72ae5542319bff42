namespace InferenceApi.Serving;

/// <summary>No model is lent any more, because the service is shutting down.</summary>
public sealed class ServiceStoppingException(string model) : ModelUnavailableException(model, ReadinessState.Stopping);
