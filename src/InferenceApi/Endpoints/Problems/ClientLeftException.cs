namespace InferenceApi.Endpoints.Problems;

/// <summary>The connection ended while its request was read: no answer can be sent, and the service is not at fault.</summary>
internal sealed class ClientLeftException(Exception cause) : Exception("The client left.", cause);
