namespace InferenceApi.Batching;

/// <summary>The image's deadline passed while it waited, so no run was spent on it.</summary>
public sealed class DeadlineExceededException() : Exception("The deadline passed while the image waited for its run.");
