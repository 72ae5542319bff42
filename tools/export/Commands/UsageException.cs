namespace Export.Commands;

/// <summary>The command line is invalid; exit code 2.</summary>
public sealed class UsageException(string message) : Exception(message);
