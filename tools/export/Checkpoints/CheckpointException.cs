namespace Export.Checkpoints;

/// <summary>A checkpoint cannot be read safely or does not hold what it must; the message says what was expected and found.</summary>
public sealed class CheckpointException(string message, Exception? inner = null) : Exception(message, inner);
