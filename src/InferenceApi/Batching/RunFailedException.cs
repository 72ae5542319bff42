namespace InferenceApi.Batching;

/// <summary>The run that this image was part of failed; other runs are not touched.</summary>
public sealed class RunFailedException(string model, Exception cause) : Exception($"A run of model '{model}' failed.", cause);
