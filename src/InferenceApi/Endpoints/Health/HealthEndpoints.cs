using InferenceApi.Serving;
using Microsoft.AspNetCore.Http.HttpResults;

namespace InferenceApi.Endpoints.Health;

/// <summary>GET /health/live: the process answers. GET /health/ready: every preloaded model is warm and the service is not shutting down.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", (HttpContext context) => Answer(context, healthy: true, "live"))
            .WithSummary("Is the process alive? Stays 200 while shutting down.").WithTags("Health");
        routes.MapGet("/health/ready", (HttpContext context, ReadinessState readiness) => Answer(context, readiness.IsReady, readiness.IsReady ? "ready" : readiness.Reason))
            .WithSummary("Can the service answer now? 503 before every preloaded model is warm and from the moment a shutdown begins.").WithTags("Health");
    }

    private static JsonHttpResult<HealthAnswer> Answer(HttpContext context, bool healthy, string status)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            new HealthAnswer(status, healthy),
            statusCode: healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}

/// <summary>Answer of a health endpoint.</summary>
/// <param name="Status">In words.</param>
/// <param name="Healthy">The same as the HTTP status says.</param>
internal sealed record HealthAnswer(string Status, bool Healthy);
