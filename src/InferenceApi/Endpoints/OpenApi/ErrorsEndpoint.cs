using InferenceApi.Endpoints.Json;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Endpoints.Routing;

namespace InferenceApi.Endpoints.OpenApi;

/// <summary>GET /errors and /errors/{slug}: what a problem's type means, so that the type URI can be followed.</summary>
internal static class ErrorsEndpoint
{
    public static void MapErrors(this IEndpointRouteBuilder routes)
    {
        routes.MapReading("/errors", () => new JsonAnswer<ErrorDescription[]>(
                [.. ProblemKind.All.Select(ErrorDescription.Of)]))
            .WithName("ListErrors").WithSummary("Every kind of problem this service answers with.").WithTags("Errors")
            .Produces<ErrorDescription[]>();
        routes.MapReading("/errors/{slug}", Describe)
            .WithName("GetError").WithSummary("One kind of problem.").WithTags("Errors")
            .Produces<ErrorDescription>().Produces<ProblemBody>(StatusCodes.Status404NotFound, Problem.ContentType);
    }

    private static IResult Describe(string slug) =>
        ProblemKind.All.FirstOrDefault(kind => kind.Slug == slug) is { } kind
            ? new JsonAnswer<ErrorDescription>(ErrorDescription.Of(kind))
            : new Problem(ProblemKind.NotFound, "There is no such kind of problem; GET /errors lists them.");
}

/// <summary>A kind of problem, as it is published.</summary>
/// <param name="Type">The type member of the problems.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Title">The kind in words.</param>
/// <param name="Remedy">What the caller can do.</param>
internal sealed record ErrorDescription(string Type, int Status, string Title, string Remedy)
{
    public static ErrorDescription Of(ProblemKind kind) => new(kind.Type, kind.Status, kind.Title, kind.Remedy);
}
