namespace Export.Commands;

/// <summary>The command line does not make sense; exit code 2.</summary>
public sealed class UsageException(string message) : Exception(message);
