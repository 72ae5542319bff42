using InferenceApi.Endpoints.Routing;
using InferenceApi.Telemetry.Prometheus;
using Microsoft.Net.Http.Headers;

namespace InferenceApi.Endpoints.Health;

/// <summary>GET /metrics: Prometheus text 0.0.4, or OpenMetrics with exemplars where the Accept header prefers it.</summary>
internal static class MetricsEndpoint
{
    public const string Route = "/metrics";

    public static IEndpointConventionBuilder MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapReading(Route, WriteAsync)
            .WithName("Metrics").WithSummary("Metrics for Prometheus.").WithTags("Health")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");

    private static async Task WriteAsync(HttpContext context)
    {
        if (context.RequestServices.GetService<PrometheusExporter>() is not { } exporter)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        bool openMetrics = PrefersOpenMetrics(context.Request);
        context.Response.ContentType = PrometheusExporter.ContentType(openMetrics);
        context.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method)) return;
        exporter.Scrape(context.Response.BodyWriter, openMetrics);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static bool PrefersOpenMetrics(HttpRequest request)
    {
        double open = 0, text = 0;
        foreach (MediaTypeHeaderValue accepted in request.GetTypedHeaders().Accept)
        {
            double quality = accepted.Quality ?? 1;
            if (accepted.MediaType.Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase))
                open = Math.Max(open, quality);
            else if (accepted.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase)) text = Math.Max(text, quality);
        }

        return open > 0 && open >= text;
    }
}
