namespace Export;

/// <summary>A model cannot be exported as requested; the message gives the reason and the remedy.</summary>
public sealed class ExportException(string message, Exception? inner = null) : Exception(message, inner);
