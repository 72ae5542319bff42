using InferenceApi.Endpoints.Json;
using InferenceApi.Endpoints.Problems;
using InferenceApi.Endpoints.Routing;
using InferenceApi.Serving;
using ModelStore;

namespace InferenceApi.Endpoints.Models;

/// <summary>GET /v1/models and GET /v1/models/{model}: what is installed, what could be, and how it stands.</summary>
internal static class ModelsEndpoint
{
    private const string OneModel = "/v1/models/{model}";

    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        routes.MapReading("/v1/models", (ServedModels models) => new JsonAnswer<ModelList>(ListOf(models)))
            .WithName("ListModels").WithSummary("Every model: installed or published, and its state.").WithTags("Models")
            .Produces<ModelList>();
        routes.MapReading(OneModel, DetailOfAsync)
            .WithName("GetModel").WithSummary("One model: provenance, licence, accuracy, recipe, batch-latency curve.").WithTags("Models")
            .Produces<ModelDetail>().Produces<ProblemBody>(StatusCodes.Status404NotFound, Problem.ContentType);
        routes.RefuseOtherVerbs(OneModel, "GET", "HEAD");
    }

    private static ModelList ListOf(ServedModels models)
    {
        IReadOnlyList<ModelStatus> installed = models.Status();
        var absent = ModelCatalog.Entries.Where(entry => installed.All(model => model.Name != entry.Name));
        return new ModelList([.. installed.Select(ModelSummary.Of), .. absent.Select(ModelSummary.Of)]);
    }

    private static async Task<IResult> DetailOfAsync(string model, ServedModels models, CancellationToken cancellation)
    {
        // One installed a moment ago is found, too.
        _ = await models.IsInstalledAsync(model, cancellation);
        IReadOnlyList<ModelStatus> installed = models.Status();
        if (installed.FirstOrDefault(each => each.Name == model) is { } status)
            return new JsonAnswer<ModelDetail>(ModelDetail.Of(status));
        return ModelCatalog.Find(model) is { } entry
            ? new JsonAnswer<ModelDetail>(ModelDetail.Of(entry))
            : AbsentModel.Of(new UnknownModelException(model), installed);
    }
}
