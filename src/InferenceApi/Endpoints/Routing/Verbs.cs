using InferenceApi.Endpoints.Problems;

namespace InferenceApi.Endpoints.Routing;

/// <summary>Which verbs an address takes: HEAD wherever GET is, and 405 for all others of an address that exists.</summary>
internal static class Verbs
{
    private static readonly string[] Reading = ["GET", "HEAD"];
    private static readonly string[] All = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

    /// <summary>GET and HEAD.</summary>
    public static RouteHandlerBuilder MapReading(this IEndpointRouteBuilder routes, string route, Delegate handler) =>
        routes.MapMethods(route, Reading, handler);

    /// <summary>
    /// Answers 405 with Allow for every other verb. Routing does so by itself except where two routes overlap, as /v1/models/{model} and
    /// /v1/models/{model}:classify do: there the verb would lead to the other route, which then does not match.
    /// </summary>
    /// <param name="routes">Of the service.</param>
    /// <param name="route">An address that is mapped for <paramref name="allowed"/>.</param>
    /// <param name="allowed">Its verbs.</param>
    public static void RefuseOtherVerbs(this IEndpointRouteBuilder routes, string route, params string[] allowed)
    {
        string list = string.Join(", ", allowed);
        routes.MapMethods(route, All.Except(allowed), (HttpContext context) =>
        {
            // A colon is never part of a model's name: it begins a verb of the API that does not exist.
            if (context.GetRouteValue("model") is string model && model.Contains(':', StringComparison.Ordinal))
                return Problem.NothingAt(context.Request.Path);
            context.Response.Headers.Allow = list;
            return Problem.NotAllowed(context.Request.Method, list);
        }).ExcludeFromDescription();
    }
}
