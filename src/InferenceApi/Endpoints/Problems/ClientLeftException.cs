namespace InferenceApi.Endpoints.Problems;

/// <summary>The connection ended while its request was read: there is nobody to answer, and nothing of ours failed.</summary>
internal sealed class ClientLeftException(Exception cause) : Exception("The client left.", cause);
