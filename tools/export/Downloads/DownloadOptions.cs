namespace Export.Downloads;

/// <summary>How a download behaves.</summary>
public sealed record DownloadOptions
{
    /// <summary>Environment variable with another address to fetch the catalogue's files from, such as a mirror's.</summary>
    public const string BaseAddressVariable = "EXPORT_DOWNLOAD_BASE";

    /// <summary>Folder address that replaces the published one; null for the published one.</summary>
    public Uri? BaseAddress { get; init; }

    /// <summary>Attempts in a row that bring no byte before giving up.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>Wait before the second attempt; doubled before each further one.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Longest time to wait for the next byte before the connection counts as broken.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Options from the environment.</summary>
    /// <exception cref="DownloadException">The variable is not an http or https address.</exception>
    public static DownloadOptions FromEnvironment()
    {
        string? text = Environment.GetEnvironmentVariable(BaseAddressVariable);
        if (string.IsNullOrEmpty(text)) return new DownloadOptions();
        return Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? new DownloadOptions { BaseAddress = address }
            : throw new DownloadException($"{BaseAddressVariable}: '{text}' is not an http or https address.");
    }
}
