namespace Export;

/// <summary>A model cannot be exported as asked; the message says why and what to do.</summary>
public sealed class ExportException(string message, Exception? inner = null) : Exception(message, inner);
