using InferenceApi.Endpoints.Health;
using InferenceApi.Hosting;
using InferenceApi.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace InferenceApi.Tests.Telemetry;

/// <summary>A real server with the service's telemetry and one route of its own, /job/{id}, whose status the test chooses.</summary>
internal sealed class TelemetryHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TelemetryHost(WebApplication app) => _app = app;

    public InferenceMetrics Metrics => _app.Services.GetRequiredService<InferenceMetrics>();

    public HttpClient Client { get; private set; } = null!;

    public static async Task<TelemetryHost> StartAsync(RequestDelegate work, params (string Key, string Value)[] settings)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Logging.ClearProviders();
        builder.AddTelemetry();
        WebApplication app = builder.Build();
        app.MapMetrics();
        app.MapGet("/health/live", () =>
        {
            // What begins a span must not do so within a probe.
            InferenceTracing.Stage("decode", TimeProvider.System.GetUtcNow(), TimeSpan.Zero);
            return "live";
        });
        app.MapGet("/job/{id}", work);
        await app.StartAsync();
        return new TelemetryHost(app) { Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) } };
    }

    /// <summary>Stops, and sends what is still to be exported.</summary>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
