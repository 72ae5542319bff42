using InferenceApi.Endpoints.Json;
using InferenceApi.Endpoints.Routing;
using InferenceApi.Serving;

namespace InferenceApi.Endpoints.Health;

/// <summary>
/// /health/live: the process answers. /health/ready: every preloaded model is warm and the service is not shutting down. /healthz and
/// /health are the same two under the names that other servers of this kind have.
/// </summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        Describe(routes.MapReading("/health/live", Live), "Live", "Is the process alive? Stays 200 while shutting down.");
        Describe(
            routes.MapReading("/health/ready", Ready),
            "Ready",
            "Can the service answer now? 503 before every preloaded model is warm and from the moment a shutdown begins.")
            .Produces<HealthAnswer>(StatusCodes.Status503ServiceUnavailable);
        routes.MapReading("/healthz", Live).ExcludeFromDescription();
        routes.MapReading("/health", Ready).ExcludeFromDescription();
    }

    private static JsonAnswer<HealthAnswer> Live(HttpContext context) => Answer(context, healthy: true, "live");

    private static JsonAnswer<HealthAnswer> Ready(HttpContext context, ReadinessState readiness) =>
        readiness.Reason is { Length: > 0 } reason ? Answer(context, healthy: false, reason) : Answer(context, healthy: true, "ready");

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route, string name, string summary) =>
        route.WithName(name).WithSummary(summary).WithTags("Health").Produces<HealthAnswer>();

    private static JsonAnswer<HealthAnswer> Answer(HttpContext context, bool healthy, string status)
    {
        context.Response.Headers.CacheControl = "no-store";
        return new(
            new HealthAnswer(status, healthy), healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}

/// <summary>Answer of a health endpoint.</summary>
/// <param name="Status">In words.</param>
/// <param name="Healthy">The same as the HTTP status says.</param>
internal sealed record HealthAnswer(string Status, bool Healthy);
