using InferenceApi.Endpoints.Requests;
using InferenceApi.Endpoints.Uploads;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace InferenceApi.Hosting;

/// <summary>The web server's limits, and what counts its connections.</summary>
internal static class ConnectionSetup
{
    private static readonly TimeSpan ResponseGrace = TimeSpan.FromSeconds(5);

    public static void AddConnections(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OpenConnections>();
        builder.WebHost.ConfigureKestrel((context, kestrel) =>
        {
            IConfiguration configuration = context.Configuration;
            UploadOptions uploads = configuration.GetSection(UploadOptions.Section).Get<UploadOptions>() ?? new();
            Limit(kestrel.Limits, configuration.GetSection(ConnectionOptions.Section).Get<ConnectionOptions>() ?? new(), uploads);
            kestrel.AddServerHeader = false;
            OpenConnections open = kestrel.ApplicationServices.GetRequiredService<OpenConnections>();
            kestrel.ConfigureEndpointDefaults(listen => listen.Use(next => connection => open.ServeAsync(connection, next)));
        });
    }

    /// <summary>Goes first: identifies the caller and marks the connection as busy.</summary>
    public static void UseConnections(this WebApplication app)
    {
        IReadOnlyList<string> proxies = app.Services.GetRequiredService<IOptions<ConnectionOptions>>().Value.TrustedProxies;
        if (proxies.Count > 0) app.UseTrustedProxies(proxies);
        OpenConnections.Use(app);
    }

    private static void Limit(KestrelServerLimits limits, ConnectionOptions connections, UploadOptions uploads)
    {
        // One byte more than Uploads:MaxRequestBytes, so that the service's own count refuses the body, with its own problem.
        limits.MaxRequestBodySize = uploads.MaxRequestBytes + 1;
        // The server answers a breach with its own 400; BodyRoom has its own floor.
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = new MinDataRate(connections.MinResponseRate, ResponseGrace);
        limits.MaxConcurrentConnections = connections.MaxOpen;
        limits.RequestHeadersTimeout = connections.HeaderTimeout;
        limits.KeepAliveTimeout = connections.KeepAlive;
    }
}
