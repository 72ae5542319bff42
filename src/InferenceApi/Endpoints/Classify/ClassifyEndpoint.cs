using InferenceApi.Classification;
using InferenceApi.Endpoints.Json;
using InferenceApi.Endpoints.Requests;
using InferenceApi.Endpoints.Routing;
using InferenceApi.Endpoints.Uploads;
using InferenceApi.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace InferenceApi.Endpoints.Classify;

/// <summary>POST /v1/models/{model}:classify.</summary>
internal static class ClassifyEndpoint
{
    public const string Route = "/v1/models/{model}:classify";

    public static void MapClassify(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Route, ClassifyAsync).WithName("Classify").WithSummary("Classify one or more pictures.").WithTags("Classify");

        // Without this, GET …:classify would match GET /v1/models/{model} as a model called "x:classify".
        routes.RefuseOtherVerbs(Route, "POST");
    }

    private static async Task<JsonAnswer<ClassifyResponse>> ClassifyAsync(
        HttpContext context,
        string model,
        ImageClassifier classifier,
        IOptions<UploadOptions> uploads,
        IOptions<RequestOptions> requests,
        BodyRoom room)
    {
        RequestRecord record = context.Features.GetRequiredFeature<RequestRecord>();
        record.Model = model;
        var request = new ClassificationRequest(
            record, RequestDeadline.Allowed(context.Request, requests.Value), TopK.Of(context.Request), Caller.Of(context));
        Upload.Check(context.Request, uploads.Value);

        ClassificationReply reply = await classifier.ClassifyAsync(
            request, cancellation => Upload.ReadAsync(context.Request, room, uploads.Value, cancellation), context.RequestAborted);

        context.Response.Headers["Server-Timing"] = ServerTiming.Format(record.Timings);
        context.Response.Headers.CacheControl = "no-store";
        return new JsonAnswer<ClassifyResponse>(ClassifyResponse.Of(reply));
    }
}
