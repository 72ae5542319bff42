namespace Export.Verification;

/// <summary>A written network cannot be opened, or its answers are wrong; nothing is installed.</summary>
public sealed class NetworkCheckException(string message, Exception? inner = null) : Exception(message, inner);
