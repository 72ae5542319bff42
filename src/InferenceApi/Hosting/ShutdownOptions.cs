namespace InferenceApi.Hosting;

/// <summary>How the service leaves. Section "Shutdown".</summary>
public sealed class ShutdownOptions
{
    public const string Section = "Shutdown";

    /// <summary>
    /// After SIGTERM, how long to keep serving while /health/ready answers 503; default 0. In Kubernetes: the readiness probe's period
    /// × failureThreshold plus a few seconds for load balancers, or the requests they still send here are lost.
    /// </summary>
    public TimeSpan Delay { get; set; } = TimeSpan.Zero;

    /// <summary>After that, how long everything accepted may take to be answered; default 30 s. A pod's grace must exceed the sum.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
