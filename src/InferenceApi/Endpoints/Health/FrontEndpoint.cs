using InferenceApi.Endpoints.Json;
using InferenceApi.Endpoints.OpenApi;
using InferenceApi.Endpoints.Routing;

namespace InferenceApi.Endpoints.Health;

/// <summary>GET /: redirects a browser to the form at /swagger; a program (such as a KServe client's liveness probe) gets JSON.</summary>
internal static class FrontEndpoint
{
    public static void MapFront(this IEndpointRouteBuilder routes) =>
        routes.MapReading("/", Answer)
            .WithName("Front").WithSummary("Redirects a browser to the form; answers a program that the service is alive.")
                .WithTags("Health")
            .Produces<HealthAnswer>().Produces(StatusCodes.Status302Found);

    private static IResult Answer(HttpContext context) =>
        context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            ? TypedResults.Redirect(Documentation.Form)
            : new JsonAnswer<HealthAnswer>(new HealthAnswer("alive", true));
}
