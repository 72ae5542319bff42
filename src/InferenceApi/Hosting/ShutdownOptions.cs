using System.ComponentModel.DataAnnotations;

namespace InferenceApi.Hosting;

/// <summary>How the service leaves. Section "Shutdown".</summary>
public sealed class ShutdownOptions
{
    public const string Section = "Shutdown";

    /// <summary>
    /// After SIGTERM, how long to keep serving while /health/ready answers 503. In Kubernetes: the period of the readiness probe ×
    /// failureThreshold plus a few seconds for load balancers, or the requests that they still send here are lost.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Delay { get; set; } = TimeSpan.Zero;

    /// <summary>After that, how long everything accepted may take to be answered. A pod's grace must exceed the sum.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
