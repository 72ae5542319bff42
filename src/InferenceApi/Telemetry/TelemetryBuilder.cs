using OpenTelemetry;

namespace InferenceApi.Telemetry;

/// <summary>
/// Stands in for OpenTelemetry.Extensions.Hosting: gives the SDK's own extension methods a service collection, and starts the providers
/// before any other hosted service. They are flushed when the container is disposed.
/// </summary>
internal sealed class TelemetryBuilder : IOpenTelemetryBuilder
{
    public TelemetryBuilder(IServiceCollection services)
    {
        Services = services;
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService, TelemetryStart>());
    }

    public IServiceCollection Services { get; }
}
