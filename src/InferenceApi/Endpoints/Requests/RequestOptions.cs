namespace InferenceApi.Endpoints.Requests;

/// <summary>How long requests may take. Section "Requests".</summary>
public sealed class RequestOptions
{
    public const string Section = "Requests";

    /// <summary>
    /// For callers that send no X-Request-Timeout; default 30 s. Keep the ingress's read timeout above it. A request that cannot be
    /// answered in this time is refused at once, so it also bounds how long the queue can get.
    /// </summary>
    public TimeSpan DefaultTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most a caller may ask for; default 5 minutes.</summary>
    public TimeSpan MaxTimeout { get; set; } = TimeSpan.FromMinutes(5);
}
