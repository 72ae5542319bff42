namespace Export.Downloads;

/// <summary>A checkpoint could not be fetched, or is not the published one.</summary>
public sealed class DownloadException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The server could not be reached or did not deliver; what did arrive was not wrong.</summary>
    public bool Unreachable { get; init; }
}
