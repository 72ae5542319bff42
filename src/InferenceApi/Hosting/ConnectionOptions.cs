using System.ComponentModel.DataAnnotations;
using System.Net;

namespace InferenceApi.Hosting;

/// <summary>The limits of connections, and the trusted proxies. Section "Connections".</summary>
public sealed class ConnectionOptions : IValidatableObject
{
    public const string Section = "Connections";

    /// <summary>
    /// Most open connections; one more is closed at once. Four for each body that may be read, since most of them are idle.
    /// </summary>
    [Range(1, 1_000_000)]
    public long MaxOpen { get; set; } = 4096;

    /// <summary>How long a request's line and headers may take to come.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a connection may stay open without a request. It must be longer than the idle time of the proxy before it (nginx and most
    /// balancers: 60 s), or the proxy sends requests into closed connections.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>Bytes a second that a client must read of its answer, after 5 seconds; a slower one is cut off.</summary>
    [Range(1, 1 << 30)]
    public int MinResponseRate { get; set; } = 4096;

    /// <summary>
    /// Addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-For is believed, so that shares are those of the real callers. None:
    /// no such header is believed.
    /// </summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>What the attributes cannot say.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        TrustedProxies.Where(proxy => !IPAddress.TryParse(proxy, out _) && !IPNetwork.TryParse(proxy, out _))
            .Select(proxy => new ValidationResult(
            $"Connections:TrustedProxies has '{proxy}'; allowed: an address, or a network as 10.0.0.0/8.", [nameof(TrustedProxies)]));
}
